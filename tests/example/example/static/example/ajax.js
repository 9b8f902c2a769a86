// Fetches the JSON view when the button is pressed, and shows its answer.

const button = document.getElementById("fetch");
const answer = document.getElementById("answer");

button.addEventListener("click", async () => {
    const response = await fetch(button.dataset.url);
    const product = await response.json();
    answer.textContent = `${product.name} was created as product ${product.id}.`;
});
