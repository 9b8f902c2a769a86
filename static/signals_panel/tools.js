// The buttons for taking the report along: in the title bar, where the toolbar has a place for them
// (from version 8 on) and the window the width, else where the template has them.

const IS_WIDE = "(min-width: 1000px)";

// The place in the title bar, if there is one.
export function placeTools(panel) {
    const own = panel.querySelector(".fsp-tools");
    const old = panel.closest(".djdt-panelContent")?.querySelector(":scope > * > .fsp-tools");
    if (!old) {
        return null;
    }
    // The buttons and the listener of a panel that was here before go with the old place.
    const place = old.cloneNode(false);
    old.replaceWith(place);
    const buttons = [...own.childNodes];
    const media = matchMedia(IS_WIDE);
    const move = () => (media.matches ? place : own).append(...buttons);
    media.addEventListener("change", move);
    move();
    return place;
}
