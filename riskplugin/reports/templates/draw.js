/* Draws the page's charts, where there are any; the page reads well without them. */
(function () {
  "use strict";
  var told = document.getElementById("figures");
  var figures = told ? JSON.parse(told.textContent) : [];
  var config = { responsive: true, displaylogo: false, displayModeBar: false };
  function size(place) {
    return { height: Number(place.dataset.height), autosize: true };
  }
  var drawn = figures.map(function (each) {
    var place = document.getElementById("chart-" + each.key);
    if (!place || !window.Plotly) { return null; }
    window.Plotly.newPlot(place, each.data, Object.assign({}, each.layout, size(place)), config);
    return place;
  }).filter(Boolean);
  /* Paper is narrower than the window: draw at its width while printing. */
  function fit() { drawn.forEach(function (place) { window.Plotly.Plots.resize(place); }); }
  window.addEventListener("beforeprint", fit);
  window.addEventListener("afterprint", fit);
  /* What scrolls sideways can be reached with the keyboard; what does not, is no stop. */
  function reach() {
    document.querySelectorAll(".scroll").forEach(function (place) {
      if (place.scrollWidth > place.clientWidth) { place.tabIndex = 0; }
      else { place.removeAttribute("tabindex"); }
    });
  }
  window.addEventListener("resize", reach);
  reach();
})();
