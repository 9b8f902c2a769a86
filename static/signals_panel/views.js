// The views as tabs: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/

export class Views {
    constructor(panel, settings) {
        this.panel = panel;
        this.settings = settings;
        this.onShow = () => {};
        const list = panel.querySelector("[role=tablist]");
        this.tabs = [...list.querySelectorAll("[role=tab]")];
        for (const tab of this.tabs) {
            const view = this.view(tab.dataset.view);
            view.setAttribute("role", "tabpanel");
            view.setAttribute("aria-labelledby", tab.id);
            unfold(view);
            tab.addEventListener("click", () => this.show(tab.dataset.view));
        }
        list.addEventListener("keydown", (event) => this.onKeyDown(event));
    }

    get shown() {
        return this.settings.view;
    }

    view(name) {
        return this.panel.querySelector(`#fsp-view-${name}`);
    }

    title(name) {
        const tab = this.tabs.find((each) => each.dataset.view === name);
        return tab.firstChild.textContent.trim();
    }

    // Shows a view for a link elsewhere in the panel.
    goTo(name) {
        this.show(name);
        this.tabs.find((tab) => tab.dataset.view === name).focus();
    }

    show(name) {
        this.settings.view = name;
        for (const tab of this.tabs) {
            const isShown = tab.dataset.view === name;
            tab.setAttribute("aria-selected", String(isShown));
            tab.tabIndex = isShown ? 0 : -1;
            this.view(tab.dataset.view).hidden = !isShown;
        }
        this.onShow();
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
            this.show(this.tabs[to].dataset.view);
            this.tabs[to].focus();
        }
    }
}

// Without this script a view folds under its title. The tab shows the title now.
function unfold(view) {
    const folded = view.querySelector("details");
    folded.querySelector("summary").remove();
    folded.replaceWith(...folded.childNodes);
}
