// Copying a text, with the button itself saying whether it went well.

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
            // Safari allows it on a click only, and knows of the click when it is given the promise.
            const blob = promise.then((text) => new Blob([text], { type: "text/plain" }));
            await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
            return true;
        } catch {
            // The browser or the user may forbid it; there is the old way.
        }
    }
    try {
        return copyOldWay(await promise, panel);
    } catch {
        return false;
    }
}

// Works without HTTPS, too.
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
