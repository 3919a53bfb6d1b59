# From the start of the process to the first gradient: PyTorch.
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
(x * x).sum().backward()
print(x.grad.tolist(), flush=True)
