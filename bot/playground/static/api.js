// What the page asks of its server; problems come as one sentence in an Error.

export const fileUrl = (file) => `/api/files/${encodeURIComponent(file)}`;

export const look = (file) => ask(`/api/look/${encodeURIComponent(file)}`);

export const commands = (person, chat) => ask(`/api/commands?${new URLSearchParams({ person, chat })}`);

/** Do something as a person: press, react, edit, block and what else the server names. */
export const act = (what, details) =>
  ask(`/api/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(details),
  });

/** Send words, files or both. */
export function send(details, files = []) {
  const form = new FormData();
  for (const [name, value] of Object.entries(details)) {
    if (value !== null && value !== undefined) form.append(name, value);
  }
  for (const file of files) form.append("files", file, file.name ?? "picture.png");
  return ask("/api/send", { method: "POST", body: form });
}

async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error("The playground does not answer. Is it still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `The playground answered ${response.status}.`);
  return body;
}
