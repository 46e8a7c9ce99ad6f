// Loaded when the first plot is drawn, with its style sheet.
import 'uplot/dist/uPlot.min.css';

export { default } from 'uplot';
