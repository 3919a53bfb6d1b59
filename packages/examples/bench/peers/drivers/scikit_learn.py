# scikit-learn: whole trainings of its MLPClassifier, a line of JSON in, a line of JSON out.
import json
import sys
import time
import warnings

import numpy
import sklearn
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

# All epochs are gone through, whatever the loss does.
warnings.simplefilter('ignore', ConvergenceWarning)


def write(request):
    """The digits that it comes with as float32: pixels 0 … 1 row by row, then labels."""
    digits = load_digits()
    numbers = numpy.concatenate([digits.data.ravel() / 16, digits.target])
    numbers.astype('<f4').tofile(request['file'])
    return {}


def train(request):
    numbers = numpy.fromfile(request['file'], '<f4')
    features = request['sizes'][0]
    rows = len(numbers) // (features + 1)
    x = numbers[:rows * features].reshape(rows, features)
    y = numbers[rows * features:].astype(int)
    model = MLPClassifier(
        hidden_layer_sizes=request['sizes'][1:-1], activation='relu', solver='adam', alpha=0,
        learning_rate_init=request['lr'], batch_size=request['batch'], max_iter=request['epochs'],
        n_iter_no_change=request['epochs'], tol=0, random_state=request['seed'])
    rows, test = request['training'], request['test']
    inputs, labels = x[rows], y[rows]
    start = time.perf_counter()
    model.fit(inputs, labels)
    return {'seconds': time.perf_counter() - start, 'accuracy': model.score(x[test], y[test])}


def say(answer):
    print(json.dumps(answer), flush=True)


say({'version': sklearn.__version__})
for line in sys.stdin:
    request = json.loads(line)
    say(write(request) if request['op'] == 'write' else train(request))
