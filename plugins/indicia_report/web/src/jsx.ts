/** The functions that elements in TSX become; the build adds this import to every file. */
export { Fragment, h } from "preact";
