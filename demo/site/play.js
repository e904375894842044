// Starts the player a page asks for by its data-hls or data-dash attribute.
const player = document.getElementById("player");

function complain(text) {
  const problem = document.getElementById("problem");
  problem.textContent = text;
  problem.hidden = false;
}

function start() {
  player.play().catch(() => undefined);
}

function playHls(url) {
  if (!window.Hls) return complain("The player hls.js is not installed here.");
  if (!Hls.isSupported()) {
    player.src = url;
    return start();
  }
  const hls = new Hls();
  window.player = hls;
  hls.on(Hls.Events.MANIFEST_PARSED, start);
  hls.on(Hls.Events.ERROR, (_, data) => {
    if (data.fatal) complain(`The player gave up: ${data.details}.`);
  });
  hls.loadSource(url);
  hls.attachMedia(player);
  if (document.getElementById("clock")) setInterval(() => showClock(hls), 100);
}

async function playDash(url) {
  if (!window.shaka) return complain("The player Shaka is not installed here.");
  const dash = new shaka.Player();
  window.player = dash;
  try {
    await dash.attach(player);
    await dash.load(url);
    start();
  } catch (error) {
    complain(`The player gave up: ${error.code ?? error}.`);
  }
}

function showClock(hls) {
  if (!hls.playingDate) return;
  const time = (date) => date.toTimeString().slice(0, 8);
  const now = new Date();
  document.getElementById("clock").hidden = false;
  document.getElementById("now").textContent = time(now);
  document.getElementById("shown").textContent = time(hls.playingDate);
  document.getElementById("behind").textContent = `${((now - hls.playingDate) / 1000).toFixed(1)} s`;
}

if (player.dataset.hls) playHls(player.dataset.hls);
if (player.dataset.dash) playDash(player.dataset.dash);
