#!/bin/sh
# Makes the lab's cards anew from ffmpeg's test source; only needed to change them, the results are in the repository. Needs ffmpeg with libx264.
#
# Sixty cards of two seconds, ten small pictures a second, so that two cores can play many at once; whoever serves them pads them to
# a real stream's rate. Along the top of each picture stand twelve squares: eleven say the picture's number in binary, the lowest bit
# first and white for one; the last is always white. Named .mpegts because the compiler takes every .ts for a source.
set -eu
cd "$(dirname "$0")"
FRAMES=10
squares() {
  for bit in 0 1 2 3 4 5 6 7 8 9 10; do
    printf "drawbox=x=%d:y=4:w=20:h=16:color=white:t=fill:enable='mod(floor(n/%d),2)'," $((bit * 26 + 8)) $((1 << bit))
  done
  printf "drawbox=x=%d:y=4:w=20:h=16:color=white:t=fill" $((11 * 26 + 8))
}
rm -f card-*.mpegts
ffmpeg -hide_banner -loglevel error -y -f lavfi -i "testsrc2=s=320x180:r=$FRAMES" \
  -vf "drawbox=x=0:y=0:w=320:h=24:color=black:t=fill,$(squares),format=yuv420p" -map 0:v -t 120 \
  -c:v libx264 -preset veryslow -profile:v high -g 20 -keyint_min 20 -sc_threshold 0 -b:v 40k -maxrate 60k -bufsize 60k \
  -fflags +bitexact -flags:v +bitexact -map_metadata -1 \
  -f segment -segment_time 2 -segment_format mpegts -reset_timestamps 0 card-%02d.mpegts
