// The panel's style sheet, under a strict content security policy too. The panel stays hidden until
// its styles have come, or can't come.

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

// A link in HTML that comes by fetch has no nonce, and a strict policy would refuse it. One that a
// script makes may have the nonce of the toolbar's own.
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
