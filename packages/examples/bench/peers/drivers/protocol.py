# How a driver is spoken to: a line of JSON in, a line of JSON out; the same in TypeScript beside it.
import array
import json
import math
import sys
import time


def reader(path):
    """take(count): of the file's numbers, so many of those that come next, as an array of float32."""
    numbers = array.array('f')
    with open(path, 'rb') as file:
        numbers.frombytes(file.read())
    if sys.byteorder != 'little':
        numbers.byteswap()
    offset = 0

    def take(count):
        nonlocal offset
        offset += count
        return numbers[offset - count:offset]

    return take


def net_numbers(settings, take, batches):
    """Layers [(w, b)] and batches [(x, labels)] as flat arrays."""
    sizes, batch = settings['sizes'], settings['batch']
    layers = [(take(a * b), take(b)) for a, b in zip(sizes, sizes[1:])]
    return layers, [(take(batch * sizes[0]), take(batch)) for _ in range(batches)]


def checksum(values):
    """Depends on all elements and on their order."""
    return sum(v * (i % 7 - 3) for i, v in enumerate(values.reshape(-1).tolist()))


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


def serve(version, makers, extra=None):
    """Answers until the input ends. The version goes out first: whoever can't start never says it.

    A maker gets a task's settings, take(count) and the number of batches, and returns step(k): a loss as a number, or an
    array on the host, whose elements are the result.
    """
    def say(answer):
        print(json.dumps(answer), flush=True)

    def check(problem):
        batches = problem['batches']
        step = makers[problem['kind']](problem['settings'], reader(problem['file']), batches)
        results = [step(k % batches) for k in range(problem['steps'])]
        value = results[-1] if isinstance(results[-1], float) else checksum(results[-1])
        return step, batches, value if math.isfinite(value) else None

    running = {}
    say({'version': version, 'kinds': list(makers), **(extra or {})})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request['op'] == 'check':
                step, batches, loss = check(request['problem'])
                running[request['task']] = (step, batches)
                say({'loss': loss})
            else:
                say({'microseconds': timed(*running[request['task']], request['seconds'])})
        except Exception as error:
            say({'error': (str(error).strip() or repr(error)).split('\n')[0]})
