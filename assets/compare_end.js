// Which function draws which kind of chart; each gives the height that it took.
const DRAW = { waterfall, stages, layers, zoo: among }
