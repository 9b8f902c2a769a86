// The map by keyboard: one stop for Tab; the arrows lead along its edges, and up and down a column.

export class Walking {
    // `map` has the nodes, and is told of each that is reached.
    constructor(map) {
        this.map = map;
        this.current = null;
        this.onChoose = () => {};
        map.picture.addEventListener("keydown", (event) => this.onKeyDown(event));
        map.picture.addEventListener("focus", () => this.enter());
        map.picture.addEventListener("blur", () => map.paths.show(null));
    }

    // Where it was left, or at what is lit, or at the first.
    enter() {
        const { nodes, picture } = this.map;
        this.current ??= nodes.find((each) => each.isLit) ?? nodes[0];
        // A click focuses it too, and points at something else.
        if (picture.matches(":focus-visible")) {
            this.goTo(this.current);
        }
    }

    goTo(node) {
        if (node) {
            this.current?.group.classList.remove("fsp-current");
            this.current = node;
            node.group.classList.add("fsp-current");
            this.map.reach(node);
        }
    }

    onKeyDown(event) {
        if (event.altKey || event.ctrlKey || event.metaKey || !this.current) {
            return;
        }
        const { left, right } = this.current;
        const act = {
            ArrowRight: () => this.goTo(highest(right.map((edge) => edge.target))),
            ArrowLeft: () => this.goTo(highest(left.map((edge) => edge.source))),
            ArrowDown: () => this.goTo(this.beside(1)),
            ArrowUp: () => this.goTo(this.beside(-1)),
            Home: () => this.goTo(this.column()[0]),
            End: () => this.goTo(this.column().at(-1)),
            Enter: () => this.onChoose(this.current),
            " ": () => this.onChoose(this.current),
        }[event.key];
        if (act) {
            event.preventDefault();
            event.stopPropagation();
            act();
        }
    }

    // All in the column of the current one, from the top.
    column() {
        const x = place(this.current, "x");
        return sorted(this.map.nodes.filter((each) => place(each, "x") === x));
    }

    beside(step) {
        const column = this.column();
        return column[column.indexOf(this.current) + step];
    }
}

function place(node, name) {
    return Number(node.card.getAttribute(name));
}

function sorted(nodes) {
    return nodes.sort((one, other) => place(one, "y") - place(other, "y"));
}

function highest(nodes) {
    return sorted(nodes)[0];
}
