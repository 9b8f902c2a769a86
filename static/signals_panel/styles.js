// Loads the panel's style sheet, also under a strict content security policy. The panel stays
// hidden until its styles are loaded, or have failed to load.

export function addStyles(panel) {
    const root = panel.getRootNode();
    let link = root.querySelector("link[data-fsp]");
    if (!link) {
        link = makeLink(panel.dataset.css, nonceIn(root));
        (root === document ? document.head : root).append(link);
    }
    if (link.dataset.fsp === "coming") {
        panel.hidden = true;
        for (const outcome of ["load", "error"]) {
            link.addEventListener(outcome, () => {
                link.dataset.fsp = "";
                panel.hidden = false;
            });
        }
    }
}

// A link in fetched HTML has no valid nonce, and a strict policy would block it. A link made by a
// script can take over the nonce of the toolbar's own.
function makeLink(address, nonce) {
    const link = document.createElement("link");
    if (nonce !== undefined) {
        link.nonce = nonce;
    }
    link.rel = "stylesheet";
    link.href = address;
    link.dataset.fsp = "coming";
    return link;
}

function nonceIn(root) {
    return (root.querySelector("[nonce]") || document.querySelector("[nonce]"))?.nonce;
}
