// The buttons for taking the report along: in the title bar, where the toolbar has a place for them
// (from version 8 on), else where the template has them.

// The place that has them now, where that isn't in the panel.
export function placeTools(panel) {
    const place = panel.closest(".djdt-panelContent")?.querySelector(":scope > * > .fsp-tools");
    if (!place) {
        return null;
    }
    place.replaceChildren(...panel.querySelector(".fsp-tools").childNodes);
    // The listener of a panel that had its buttons here before goes with the old place.
    const fresh = place.cloneNode(false);
    fresh.append(...place.childNodes);
    place.replaceWith(fresh);
    return fresh;
}
