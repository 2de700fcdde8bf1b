// mint-filter in its own process: the same JSON lines as peers_worker.py. Its normalising (lower case) is always on.
const readline = require("node:readline");
const { Mint } = require("mint-filter");
const { version } = require("mint-filter/package.json");

let mint = null;
const find = (text) => mint.filter(text, { replace: false }).words.map((word) => word.toLowerCase());

function timed(texts) {
  return texts.map((text) => {
    const start = process.cpuUsage();
    find(text);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  });
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  let answer = version;
  if (mint === null) mint = new Mint(request.words);
  else answer = request.do === "time" ? timed(request.texts) : request.texts.map(find);
  console.log(JSON.stringify(answer));
});
