/** Colours of pinned units (Okabe & Ito 2008, and one of Tol), and of the classes of the map as names of style rules. */
export const PIN_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#aa4499"];

/** The number of classes of the map; their colours are the rules `.class0` to `.class6`. */
export const CLASSES = 7;
