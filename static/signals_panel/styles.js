// Loads the panel's style sheets, also under a strict content security policy. The panel stays
// hidden until its styles are loaded, or have failed to load.

export async function addStyles(panel) {
    const root = panel.getRootNode();
    const coming = [];
    for (const address of panel.dataset.css.split(" ")) {
        const link = find(root, address) ?? add(root, address);
        if (link.dataset.fsp === "coming") {
            coming.push(
                new Promise((resolve) => {
                    link.addEventListener("load", resolve);
                    link.addEventListener("error", resolve);
                }),
            );
        }
    }
    if (coming.length) {
        panel.hidden = true;
        await Promise.all(coming);
        panel.hidden = false;
    }
}

function find(root, address) {
    const links = [...root.querySelectorAll("link[data-fsp]")];
    return links.find((link) => link.getAttribute("href") === address);
}

// A link in fetched HTML has no valid nonce, and a strict policy would block it. A link made by a
// script can take over the nonce of the toolbar's own.
function add(root, address) {
    const link = document.createElement("link");
    const nonce = nonceIn(root);
    if (nonce !== undefined) {
        link.nonce = nonce;
    }
    link.rel = "stylesheet";
    link.href = address;
    link.dataset.fsp = "coming";
    for (const outcome of ["load", "error"]) {
        link.addEventListener(outcome, () => {
            link.dataset.fsp = "";
        });
    }
    (root === document ? document.head : root).append(link);
    return link;
}

function nonceIn(root) {
    return (root.querySelector("[nonce]") || document.querySelector("[nonce]"))?.nonce;
}
