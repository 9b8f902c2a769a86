// Copies a text to the clipboard, and lets the button that was clicked say whether it worked.

export async function copy(promise, button, panel) {
    const done = await isCopied(promise, panel);
    const text = done ? "Copied" : "Copying failed";
    panel.say(text);
    if (!button.dataset.label) {
        button.dataset.label = button.textContent;
    }
    button.textContent = text;
    setTimeout(() => {
        button.textContent = button.dataset.label;
    }, 1200);
}

async function isCopied(promise, panel) {
    if (globalThis.ClipboardItem && navigator.clipboard?.write) {
        try {
            // Safari allows this only in response to a click. It needs the promise itself: once
            // that is awaited, the click is forgotten.
            const blob = promise.then((text) => new Blob([text], { type: "text/plain" }));
            await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
            return true;
        } catch {
            // The browser or the user may forbid it. The old way may still work.
        }
    }
    try {
        return copyOldWay(await promise, panel);
    } catch {
        return false;
    }
}

// The clipboard API needs HTTPS; this doesn't.
function copyOldWay(text, panel) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "fsp-hidden";
    panel.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
}
