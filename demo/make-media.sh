#!/bin/sh
# Makes every media file of the demo from ffmpeg's own test sources. Only needed to make them anew: the results are in the repository.
# Needs ffmpeg with libx264 and a DejaVu font; takes a few minutes. Usage: demo/make-media.sh [film|song|vod|live|posters …]
set -eu
cd "$(dirname "$0")/site/media"
FONT=${FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf}
MONO=${MONO:-/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf}
FF="ffmpeg -hide_banner -loglevel error -y"
RATE=25
# Two-second groups of pictures, no scene-cut key frames: segments of one length, a seek never decodes more than two seconds.
X264="-c:v libx264 -preset veryslow -profile:v high -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0"
EXACT="-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1"

# Four chords of an arpeggio, four seconds each, with a soft breath of noise so that the audio coder has something to spend its bits on.
music() {
  printf '%s' "aevalsrc='0.22*sin(2*PI*t*(220*lt(mod(t,16),4)+174.61*gte(mod(t,16),4)*lt(mod(t,16),8)+261.63*gte(mod(t,16),8)*lt(mod(t,16),12)+196*gte(mod(t,16),12)))*exp(-1.5*mod(t,0.5))+0.16*sin(2*PI*t*(330*lt(mod(t,16),4)+261.63*gte(mod(t,16),4)*lt(mod(t,16),8)+392*gte(mod(t,16),8)*lt(mod(t,16),12)+293.66*gte(mod(t,16),12)))*exp(-2*mod(t+0.25,0.5))+0.012*(random(0)-0.5)|0.20*sin(2*PI*t*(110*lt(mod(t,16),4)+87.3*gte(mod(t,16),4)*lt(mod(t,16),8)+130.8*gte(mod(t,16),8)*lt(mod(t,16),12)+98*gte(mod(t,16),12)))*exp(-0.8*mod(t,1))+0.16*sin(2*PI*t*(440*lt(mod(t,16),4)+349.2*gte(mod(t,16),4)*lt(mod(t,16),8)+523.2*gte(mod(t,16),8)*lt(mod(t,16),12)+392*gte(mod(t,16),12)))*exp(-2.5*mod(t+0.125,0.5))+0.012*(random(1)-0.5)':s=48000:d=$1"
}

label() { # text size x y
  printf '%s' "drawtext=fontfile=$FONT:text='$1':fontsize=$2:fontcolor=white:box=1:boxcolor=black@0.55:boxborderw=10:x=$3:y=$4"
}

clock() { # size x y: minutes, seconds and hundredths of the stream's own time
  printf '%s' "drawtext=fontfile=$MONO:text='%{eif\:trunc(t/60)\:d\:2}\:%{eif\:mod(trunc(t+0.0001)\,60)\:d\:2}.%{eif\:mod(trunc(t*100+0.01)\,100)\:d\:2}':fontsize=$1:fontcolor=white:box=1:boxcolor=black@0.55:boxborderw=10:x=$2:y=$3"
}

film() {
  # shellcheck disable=SC2086
  $FF -f lavfi -i "mandelbrot=s=640x360:r=$RATE:start_scale=2.2:end_scale=0.0006:end_pts=1950:maxiter=600:inner=convergence" -f lavfi -i "$(music 76)" \
    -filter_complex "[0:v]$(label 'Into the set' 22 24 h-th-24),$(clock 22 w-tw-24 h-th-24)[v]" \
    -map '[v]' -map 1:a -t 76 $X264 -b:v 360k -maxrate 700k -bufsize 1400k -c:a aac -b:a 96k -movflags +faststart $EXACT film.mp4
}

song() {
  # shellcheck disable=SC2086
  $FF -f lavfi -i "$(music 64)" -c:a aac -b:a 112k -movflags +faststart $EXACT song.m4a
}

# One set of fragmented MP4 segments with a DASH manifest and HLS playlists over it.
vod() {
  rm -rf vod && mkdir vod
  # shellcheck disable=SC2086
  $FF -f lavfi -i "gradients=s=640x360:r=$RATE:speed=0.03:nb_colors=4:seed=7:x0=0:y0=0:x1=640:y1=360:c0=0x14213d:c1=0x2a9d8f:c2=0xe76f51:c3=0x6a4c93" \
    -f lavfi -i "life=s=160x90:r=$RATE:mold=12:ratio=0.12:seed=11:life_color=#ffffff:death_color=#16324f:mold_color=#0b132b" -f lavfi -i "$(music 60)" \
    -filter_complex "[1:v]scale=640:360:flags=neighbor,format=gbrp[l];[0:v]format=gbrp[g];[g][l]blend=all_mode=screen:all_opacity=0.45,format=yuv420p,$(label 'HLS and DASH on demand' 22 24 h-th-24),$(clock 22 w-tw-24 h-th-24)[v]" \
    -map '[v]' -map 2:a -t 60 $X264 -b:v 300k -maxrate 420k -bufsize 420k -c:a aac -b:a 144k $EXACT \
    -f dash -seg_duration 4 -use_timeline 0 -use_template 1 -hls_playlist 1 -adaptation_sets 'id=0,streams=v id=1,streams=a' \
    -init_seg_name 'init-$RepresentationID$.m4s' -media_seg_name 'chunk-$RepresentationID$-$Number%03d$.m4s' vod/manifest.mpd
  # The muxer dates the segments by the hour they were made, which means nothing on demand.
  sed -i '/PROGRAM-DATE-TIME/d' vod/media_*.m3u8
}

# Named .mpegts because the compiler takes every .ts for a source. Sixty seconds that start at a full minute, so that the seconds burnt in are those of the wall clock.
live() {
  rm -rf live && mkdir live
  # shellcheck disable=SC2086
  $FF -f lavfi -i "smptehdbars=s=640x360:r=$RATE" -f lavfi -i "testsrc2=s=320x180:r=$RATE" -f lavfi -i "$(music 60)" \
    -filter_complex "[1:v]scale=256:144[i];[0:v][i]overlay=x='(W-w)/2+150*sin(2*PI*t/12)':y=22[c];[c]$(label 'LIVE' 22 24 24),$(clock 54 '(w-tw)/2' 190)[v]" \
    -map '[v]' -map 2:a -t 60 $X264 -b:v 300k -maxrate 360k -bufsize 360k -c:a aac -b:a 96k $EXACT \
    -f segment -segment_time 2 -segment_format mpegts -reset_timestamps 0 -segment_list_type flat -segment_list /dev/null live/card-%02d.mpegts
}

# The pictures on the front page.
posters() {
  $FF -ss 12 -i film.mp4 -frames:v 1 -q:v 4 film.jpg
  cat vod/init-0.m4s vod/chunk-0-009.m4s | $FF -i pipe:0 -frames:v 1 -q:v 4 vod.jpg
  $FF -i live/card-21.mpegts -frames:v 1 -q:v 4 live.jpg
}

[ $# -gt 0 ] || set -- film song vod live posters
for part in "$@"; do
  "$part"
done
