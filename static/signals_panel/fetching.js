// Fetches JSON from the panel's own views, for the request that the panel shows.

export async function fetchJson(panel, address, parameters = {}, options = {}) {
    const url = new URL(address, document.baseURI);
    url.searchParams.set("request_id", panel.dataset.requestId);
    for (const [name, value] of Object.entries(parameters)) {
        url.searchParams.set(name, value);
    }
    const response = await fetch(url, { credentials: "same-origin", ...options });
    if (!response.ok) {
        throw new Error(response.statusText);
    }
    return response.json();
}
