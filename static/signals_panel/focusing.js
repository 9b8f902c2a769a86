// The focus moves into the panel when the toolbar opens it, and back to its button when it closes.

export function keepFocus(panel) {
    const content = panel.closest(".djdt-panelContent");
    const root = panel.getRootNode();
    const button = root.querySelector("#djdt-FiredSignalsPanel > a");
    if (!content || !button) {
        return;
    }
    panel.tabIndex = -1;
    // Nothing here has it, and nothing in the page around, which may be what somebody types in.
    const isNowhere = () => !root.activeElement && document.activeElement === document.body;
    const isShown = () => !content.classList.contains("djdt-hidden");
    const enter = () => {
        // Somebody who has gone on is left alone.
        if (root.activeElement === button || isNowhere()) {
            panel.focus({ preventScroll: true });
        }
    };
    const leave = () => {
        // It may have been handed on already, to the panel that is shown instead.
        if (content.contains(root.activeElement) || isNowhere()) {
            button.focus();
        }
    };
    let wasShown = isShown();
    const observer = new MutationObserver(() => {
        if (!panel.isConnected) {
            observer.disconnect();
        } else if (isShown() !== wasShown) {
            wasShown = !wasShown;
            (wasShown ? enter : leave)();
        }
    });
    observer.observe(content, { attributes: true, attributeFilter: ["class"] });
    if (wasShown) {
        enter();
    }
}
