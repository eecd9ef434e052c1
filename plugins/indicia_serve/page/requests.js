// Requests to the server. An answer with errors is thrown as a Problem, which has them by their places.

export class Problem extends Error {
  /** @param {{what: string, where: string | null, remedy: string | null, place: string | null}[]} errors */
  constructor(errors) {
    super(errors.map((error) => error.what).join("; "));
    this.errors = errors;
  }
}

/** The name of the index of this page: the one of the command, or an uploaded one. */
export const WORKSPACE = location.pathname.startsWith("/w/") ? decodeURIComponent(location.pathname.slice(3)) : "main";

/**
 * Return the content of an answer in JSON.
 * @param {string} address
 * @param {RequestInit} [options]
 * @param {string} [lost] the words for a server that does not answer
 */
export async function request(address, options = {}, lost = "no answer") {
  let response, content;
  try {
    response = await fetch(address, options);
    content = await response.json();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem([{ what: lost, where: null, remedy: null, place: null }]);
  }
  if (!response.ok) throw new Problem(content.errors);
  return content;
}

/**
 * Send a request in JSON for the index of this page.
 * @param {string} address
 * @param {object} words
 * @param {RequestInit} [options]
 * @param {string} [lost]
 */
export function send(address, words, options = {}, lost) {
  const body = JSON.stringify({ workspace: WORKSPACE, ...words });
  return request(address, { method: "POST", headers: { "Content-Type": "application/json" }, body, ...options }, lost);
}
