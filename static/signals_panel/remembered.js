// What the user has set, for each request, so that it survives closing the panel and switching to
// another request and back. It is kept in memory, and is gone when the page is.

const remembered = new Map();

export function settingsOf(requestId) {
    if (!remembered.has(requestId)) {
        remembered.set(requestId, {
            view: "cascade",
            text: "",
            off: new Set(), // origins of receivers
            with: new Set(), // kinds of effect
            ms: 0,
            open: null, // rows of the tree; null until the costliest path is read from the page
            selected: null, // what the pane shows, as its button has it
            isClosed: false, // the pane
            sort: {}, // by view
            picture: "timeline", // or "map"
            shown: null, // the stretch of the timeline, in microseconds; null for all of it
        });
    }
    return remembered.get(requestId);
}
