# Makes fixtures/nist.json: the nonlinear regression sets of NIST's Statistical Reference Datasets (StRD, public domain;
# https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml), as the source archive of lmfit 1.3.4 carries them unchanged.
#
#     python3 make_nist_figures.py
#
# For each set: its level of difficulty, the two starts, the certified parameters and their standard deviations, the
# certified residual sum of squares, standard deviation and degrees of freedom, y, and the predictors x by columns.
# Numbers stand as the files print them.
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

SETS = [
    'Misra1a', 'Chwirut2', 'Chwirut1', 'Lanczos3', 'Gauss1', 'Gauss2', 'DanWood', 'Misra1b',  # lower
    'Kirby2', 'Hahn1', 'Nelson', 'MGH17', 'Lanczos1', 'Lanczos2', 'Gauss3', 'Misra1c', 'Misra1d', 'Roszman1', 'ENSO',  # average
    'MGH09', 'Thurber', 'BoxBOD', 'Rat42', 'MGH10', 'Eckerle4', 'Rat43', 'Bennett5',  # higher
]
NUMBER = r'[-+.\deE]+'


def archive():
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, '-m', 'pip', 'download', '-q', 'lmfit==1.3.4', '--no-binary', ':all:', '--no-deps', '-d', folder]
        subprocess.run(command, check=True)
        with open(os.path.join(folder, 'lmfit-1.3.4.tar.gz'), 'rb') as file:
            return tarfile.open(fileobj=io.BytesIO(file.read()))


def labelled(text, label):
    return float(re.search(rf'{label}:\s+({NUMBER})', text).group(1))


def read(text):
    rows = re.findall(rf'^\s*b\d+\s*=\s*({NUMBER})\s+({NUMBER})\s+({NUMBER})\s+({NUMBER})\s*$', text, re.M)
    columns = list(zip(*[[float(v) for v in row] for row in rows]))
    lines = text.splitlines()
    first = max(i for i, line in enumerate(lines) if line.startswith('Data:')) + 1
    data = list(zip(*[[float(v) for v in line.split()] for line in lines[first:] if line.strip()]))
    figures = {
        'level': re.search(r'(Lower|Average|Higher) Level of Difficulty', text).group(1).lower(),
        'starts': [columns[0], columns[1]],
        'certified': columns[2],
        'deviations': columns[3],
        'residualSumOfSquares': labelled(text, 'Residual Sum of Squares'),
        'residualStandardDeviation': labelled(text, 'Residual Standard Deviation'),
        # Not as printed: Rat43's file says 9, and means 15 − 4.
        'degreesOfFreedom': len(data[0]) - len(columns[0]),
        'y': data[0],
        'x': data[1:],
    }
    assert len(data[0]) == int(labelled(text, 'Number of Observations'))
    freedom = figures['residualSumOfSquares'] / figures['residualStandardDeviation'] ** 2
    assert round(freedom) == figures['degreesOfFreedom']
    return figures


source = archive()
sets = {}
for name in SETS:
    file = source.extractfile(f'lmfit-1.3.4/NIST_STRD/{name}.dat')
    sets[name] = read(file.read().decode('latin-1'))

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'fixtures', 'nist.json'), 'w') as file:
    entries = ',\n'.join(f'"{name}":{json.dumps(value, separators=(",", ":"))}' for name, value in sets.items())
    file.write('{\n' + entries + '\n}\n')
