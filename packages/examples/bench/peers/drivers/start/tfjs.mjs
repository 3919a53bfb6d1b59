// From the start of the process to the first gradient: TensorFlow.js in plain JavaScript.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';

const slope = tf.grad((x) => tf.sum(tf.mul(x, x)));
console.log(JSON.stringify(Array.from(slope(tf.tensor1d([1, 2, 3])).dataSync())));
