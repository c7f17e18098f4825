// What the tests of the model see.
export * as buffers from '../src/panels/buffers';
export * as ladder from '../src/panels/ladder_layout';
export * as plots from '../src/panels/plot_data';
export * as ranges from '../src/model/ranges';
export * as segments from '../src/model/segments';
export {Recording} from '../src/model/recording';
export {sentence, short} from '../src/model/words';
export {withoutLosses} from '../src/undo';
