// What led to a node of the map, and what it led to.

export class Paths {
    constructor(picture, nodes, edges) {
        this.picture = picture;
        this.nodes = nodes;
        this.edges = edges.map((group) => ({
            group,
            source: nodes[group.dataset.source],
            target: nodes[group.dataset.target],
        }));
        for (const node of nodes) {
            node.left = this.edges.filter(({ target }) => target === node);
            node.right = this.edges.filter(({ source }) => source === node);
        }
    }

    // Lights the path through a node; null for none.
    show(node) {
        const lit = new Set(node ? [node.group] : []);
        if (node) {
            follow(
                node,
                lit,
                (each) => each.left,
                (edge) => edge.source,
            );
            follow(
                node,
                lit,
                (each) => each.right,
                (edge) => edge.target,
            );
        }
        this.picture.classList.toggle("fsp-pointing", Boolean(node));
        for (const { group } of [...this.nodes, ...this.edges]) {
            group.classList.toggle("fsp-on-path", lit.has(group));
        }
    }

    // An edge is as dim as what it leads to.
    dim() {
        for (const { group, target } of this.edges) {
            group.classList.toggle("fsp-dim", target.group.classList.contains("fsp-dim"));
        }
    }
}

function follow(node, lit, edgesOf, endOf) {
    const waiting = [node];
    while (waiting.length) {
        for (const edge of edgesOf(waiting.pop())) {
            const end = endOf(edge);
            lit.add(edge.group);
            if (!lit.has(end.group)) {
                lit.add(end.group);
                waiting.push(end);
            }
        }
    }
}
