// Python, off the page's main thread. In: a situation. Out: {loaded} in percent, {ready} or {failed}, and {answer}.

import { loadPyodide } from "./pyodide/pyodide.mjs";

const manifest = await (await fetch("manifest.json")).json();

// Pyodide fetches its own files and does not say how far it is. Count the bytes as they pass.
const received = new Map();
const plainFetch = self.fetch.bind(self);
self.fetch = async (resource, options) => {
  const response = await plainFetch(resource, options);
  const name = String(resource.url ?? resource).split("/").pop();
  if (!response.ok || !(name in manifest.bytes)) return response;
  const counter = new TransformStream({
    transform(chunk, out) {
      received.set(name, (received.get(name) ?? 0) + chunk.byteLength);
      tellProgress();
      out.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counter), { headers: response.headers });
};

const total = Object.values(manifest.bytes).reduce((sum, bytes) => sum + bytes, 0);
let told = -1;
function tellProgress() {
  const loaded = [...received.values()].reduce((sum, bytes) => sum + bytes, 0);
  const percent = Math.min(100, Math.floor((100 * loaded) / total));
  if (percent > told) self.postMessage({ loaded: (told = percent) });
}

async function start() {
  const python = await loadPyodide({ indexURL: new URL("pyodide/", self.location).href });
  // The wheels come from this site and hold pure Python: unpacking them is installing them.
  await Promise.all(
    manifest.wheels.map(async (name) => {
      const wheel = await (await fetch(`wheels/${name}`)).arrayBuffer();
      python.unpackArchive(wheel, "wheel");
    }),
  );
  python.FS.writeFile("answer.py", await (await fetch("answer.py")).text());
  python.runPython("import sys; sys.path.insert(0, '')");
  const module = python.pyimport("answer");
  module.answer(JSON.stringify({ text: "" })); // Reads the data, so that the first answer does not wait for it.
  return module;
}

try {
  const module = await start();
  self.onmessage = ({ data }) => {
    try {
      self.postMessage({ answer: JSON.parse(module.answer(JSON.stringify(data))) });
    } catch (error) {
      self.postMessage({ failed: String(error) });
    }
  };
  self.postMessage({ ready: { ...JSON.parse(module.about()), pyodide: manifest.pyodide } });
} catch (error) {
  self.postMessage({ failed: String(error) });
}
