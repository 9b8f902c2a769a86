// A list of tabs: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/

export class Tabs {
    // `name` says which of the places that are shown a tab is for; `place` gives the element of it.
    constructor(list, name, place) {
        this.tabs = [...list.querySelectorAll("[role=tab]")];
        this.name = name;
        this.place = place;
        this.onChoose = () => {};
        for (const tab of this.tabs) {
            const element = place(name(tab));
            element.setAttribute("role", "tabpanel");
            element.setAttribute("aria-labelledby", tab.id);
            tab.addEventListener("click", () => this.onChoose(name(tab)));
        }
        list.addEventListener("keydown", (event) => this.onKeyDown(event));
    }

    tab(name) {
        return this.tabs.find((each) => this.name(each) === name);
    }

    show(name) {
        for (const tab of this.tabs) {
            const isShown = this.name(tab) === name;
            tab.setAttribute("aria-selected", String(isShown));
            tab.tabIndex = isShown ? 0 : -1;
            this.place(this.name(tab)).hidden = !isShown;
        }
    }

    onKeyDown(event) {
        const last = this.tabs.length - 1;
        const at = this.tabs.indexOf(event.target.closest("[role=tab]"));
        const to = {
            ArrowRight: at === last ? 0 : at + 1,
            ArrowLeft: at === 0 ? last : at - 1,
            Home: 0,
            End: last,
        }[event.key];
        if (to !== undefined) {
            event.preventDefault();
            this.onChoose(this.name(this.tabs[to]));
            this.tabs[to].focus();
        }
    }
}
