// A panel that is rendered with its page is hidden in it, and nobody may ever look at it.

export function isSeen(panel) {
    return panel.parentElement?.clientWidth > 0;
}

// Acts at once, or when the panel is first seen.
export function whenSeen(panel, act) {
    if (isSeen(panel)) {
        act();
        return;
    }
    const observer = new ResizeObserver(() => {
        const isGone = !panel.isConnected;
        if (isGone || isSeen(panel)) {
            observer.disconnect();
        }
        if (!isGone && isSeen(panel)) {
            act();
        }
    });
    observer.observe(panel.parentElement);
}
