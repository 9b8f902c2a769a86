// Questions to the panel's own views: each is asked about the panel's request, and answered in JSON.

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
