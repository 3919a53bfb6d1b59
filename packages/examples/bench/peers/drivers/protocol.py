# How a driver is spoken to: a line of JSON in, a line of JSON out; the same in TypeScript beside it.
import array
import json
import math
import sys
import time


def load(problem):
    """Layers [(w, b)] and batches [(x, labels)] as flat arrays of float32."""
    numbers = array.array('f')
    with open(problem['file'], 'rb') as file:
        numbers.frombytes(file.read())
    if sys.byteorder != 'little':
        numbers.byteswap()
    offset = 0

    def take(count):
        nonlocal offset
        offset += count
        return numbers[offset - count:offset]

    sizes, batch = problem['sizes'], problem['batch']
    layers = [(take(a * b), take(b)) for a, b in zip(sizes, sizes[1:])]
    batches = [(take(batch * sizes[0]), take(batch)) for _ in range(problem['batches'])]
    return layers, batches


def timed(step, batches, seconds):
    """Microseconds of a step: the median of all that fit into the time."""
    now, k = time.perf_counter, 0
    warm, times, end = now() + seconds * 0.2, [], None
    while end is None or now() < end or not times:
        start = now()
        step(k % batches)
        k += 1
        stop = now()
        if end is not None:
            times.append(stop - start)
        elif stop >= warm:
            end = stop + seconds
    times.sort()
    return times[len(times) // 2] * 1e6


def serve(version, make, extra=None):
    """Answers until the input ends. The version goes out first: whoever can't start never says it."""
    def say(answer):
        print(json.dumps(answer), flush=True)

    running = {}
    say({'version': version, **(extra or {})})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request['op'] == 'check':
                problem = request['problem']
                step = make(problem, *load(problem))
                count = problem['batches']
                running[request['net']] = (step, count)
                losses = [step(k % count) for k in range(request['steps'])]
                say({'loss': losses[-1] if math.isfinite(losses[-1]) else None})
            else:
                step, count = running[request['net']]
                say({'microseconds': timed(step, count, request['seconds'])})
        except Exception as error:
            say({'error': (str(error).strip() or repr(error)).split('\n')[0]})
