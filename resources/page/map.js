"use strict";
/* The exported page of the map, beyond what folium writes: names at the scales at which the desk shows them, layers that
   keep their order, also where some are pictures, cards that fold on a small screen, and paper that holds the map as it is
   on the screen. */

const ONEMAP_SMALL = 700, ONEMAP_CELL = 8, ONEMAP_BESIDE = 8, ONEMAP_FIRM = ["town", "division"];

function onemap(map, told) {
  const box = map.getContainer(), cards = [...document.querySelectorAll(".onemap-card")];
  const small = box.clientWidth < ONEMAP_SMALL;
  document.documentElement.lang = told.lang;
  box.append(document.querySelector(".onemap-mark"), ...cards);
  for (const card of cards) {
    card.open = !small;
    L.DomEvent.disableClickPropagation(card);
    L.DomEvent.disableScrollPropagation(card);
  }
  for (const [name, text] of Object.entries(told.controls)) {
    const control = box.querySelector(".leaflet-control-" + name);
    if (control) { control.title = text; control.setAttribute("aria-label", text); }
  }
  if (told.bounds) fit(map, told.bounds, small);
  layPictures(map, told.layers);
  keepOrder(map, told.layers);
  showNames(map, told.layers, told.names);
  keepForPaper(map, cards);
}

/* Show all of the bounds where no card lies over it, as far as there is room. */
function fit(map, bounds, small) {
  const wide = (selector) => small ? 0 : map.getContainer().querySelector(selector)?.offsetWidth ?? 0;
  map.fitBounds(bounds, {
    paddingTopLeft: [wide(".onemap-legend") + 16, small ? 60 : 16],
    paddingBottomRight: [wide(".leaflet-control-layers") + 16, small ? 70 : 16],
    animate: false,
  });
}

/* Pictures lie between what is drawn: then each of them, and what is drawn between two, has a place of its own over the
   one before. What lies over a picture that is not the ground is drawn so that the pointer reaches what is below it. */
function layPictures(map, layers) {
  if (!layers.some(({ picture }) => picture)) return;
  let places = 0, above = false, drawn = null;
  const next = (letsThrough) => {
    const name = "onemap-" + ++places, pane = map.createPane(name);
    pane.style.zIndex = 400 + places; // under the marks
    if (letsThrough) pane.style.pointerEvents = "none";
    return name;
  };
  for (const { group, picture } of layers) {
    if (picture) {
      L.imageOverlay(picture.url, picture.bounds, { pane: next(true), opacity: picture.strength }).addTo(group);
      above = above || !picture.ground;
      drawn = null;
    } else {
      drawn = drawn ?? (above ? L.svg : L.canvas)({ pane: next(above) });
      map.removeLayer(group);
      drawBy(drawn, group);
      map.addLayer(group);
    }
  }
}

function drawBy(renderer, layer) {
  if (layer instanceof L.Path) layer.options.renderer = renderer;
  if (layer.eachLayer) layer.eachLayer((one) => drawBy(renderer, one));
}

/* A layer that is switched on again would lie over all others. */
function keepOrder(map, layers) {
  map.on("overlayadd", () => {
    for (const { group } of layers) if (map.hasLayer(group)) group.bringToFront();
  });
}

function showNames(map, layers, styles) {
  const pane = map.createPane("names"), pen = document.createElement("canvas").getContext("2d");
  pane.style.zIndex = 620; // over the marks, for the few that find no other place
  pane.style.pointerEvents = "none";
  pane.classList.add("leaflet-zoom-hide");
  const family = getComputedStyle(map.getContainer()).fontFamily;

  function draw() {
    const zoom = Math.round(map.getZoom()), size = map.getSize(), taken = new Set(), placed = [];
    map.eachLayer((one) => {
      if (one instanceof L.Marker) placed.push(map.latLngToContainerPoint(one.getLatLng()));
    });
    const marks = new Set(placed.flatMap((at) => cells(at.x - 8, at.y - 8, 16, 16)));
    const wanted = layers.filter(({ group }) => map.hasLayer(group)).flatMap(({ names }) => names)
      .filter((name) => name[6] <= zoom && zoom <= name[7]).sort((a, b) => a[4] - b[4]);
    const found = [];
    for (const [text, lat, lon, style, , beside] of wanted) {
      const at = map.latLngToContainerPoint([lat, lon]);
      if (at.x < -150 || at.y < -30 || at.x > size.x + 150 || at.y > size.y + 30) continue;
      const type = styles[style];
      pen.font = `${type.weight} ${type.size}px ${family}`;
      const wide = pen.measureText(text).width + text.length * type.spacing, high = type.size * 1.25;
      const free = ([x, y], ...held) =>
        !cells(x, y, wide, high).some((cell) => held.some((cells) => cells.has(cell)));
      const tried = seats(at, wide, high, beside).filter((one) => free(one, taken));
      const seat = tried.find((one) => free(one, marks)) ?? (ONEMAP_FIRM.includes(style) ? tried[0] : undefined);
      if (!seat) continue;
      cells(...seat, wide, high).forEach((cell) => taken.add(cell));
      found.push(made(text, style, type, map.containerPointToLayerPoint(seat)));
    }
    pane.replaceChildren(...found);
  }
  map.on("zoomend moveend overlayadd overlayremove resize", draw);
  draw();
}

/* Where a name may stand: over its place, or a line above or below; beside it on either side. */
function seats({ x, y }, wide, high, beside) {
  if (beside) return [[x + beside, y - high / 2], [x - beside - wide, y - high / 2]];
  return [[x - wide / 2, y - high / 2], [x - wide / 2, y + ONEMAP_BESIDE], [x - wide / 2, y - high - ONEMAP_BESIDE]];
}

function cells(left, top, wide, high) {
  const found = [];
  for (let x = Math.floor(left / ONEMAP_CELL); x * ONEMAP_CELL < left + wide; x++)
    for (let y = Math.floor(top / ONEMAP_CELL); y * ONEMAP_CELL < top + high; y++) found.push(x + "," + y);
  return found;
}

function made(text, style, type, at) {
  const name = document.createElement("span");
  name.className = "onemap-name onemap-name-" + style;
  name.textContent = text;
  name.style.cssText = `font:${type.weight} ${type.size}px inherit;font-family:inherit;font-size:${type.size}px;`
    + `font-weight:${type.weight};letter-spacing:${type.spacing}px;color:${type.colour}`;
  L.DomUtil.setPosition(name, at.round());
  return name;
}

/* Paper shows the map as it is on the screen, made smaller where it must be, with every card open. */
function keepForPaper(map, cards) {
  const box = map.getContainer();
  let open = [];
  addEventListener("beforeprint", () => {
    open = cards.map((card) => card.open);
    cards.forEach((card) => { card.open = true; });
    box.style.width = box.clientWidth + "px";
    box.style.height = box.clientHeight + "px";
  });
  addEventListener("afterprint", () => {
    cards.forEach((card, i) => { card.open = open[i]; });
    box.style.width = box.style.height = "";
  });
}
