/** Modules that torch.nn lacks, by name, in the order in which a file has them. */
export const MODEL_CLASSES = {
  Arctan: `class Arctan(nn.Module):
    """The inverse tangent of each number."""

    def forward(self, x):
        return torch.atan(x)
`,
  ChannelNorm: `class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
`,
  FlattenChannelsLast: `class FlattenChannelsLast(nn.Module):
    """An image as a row, pixel after pixel, the channels of each together."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)
`,
  GlobalAveragePool2d: `class GlobalAveragePool2d(nn.Module):
    """The mean of each channel."""

    def forward(self, x):
        return x.mean((2, 3))
`,
  GlobalMaxPool2d: `class GlobalMaxPool2d(nn.Module):
    """The largest number of each channel."""

    def forward(self, x):
        return x.flatten(2).max(2).values
`,
  PaddedAvgPool2d: `class PaddedAvgPool2d(nn.Module):
    """Means of windows over edges of their own width; what lies over them does not count."""

    def __init__(self, kernel_size, stride, pad):
        super().__init__()
        self.kernel_size, self.stride, self.pad = kernel_size, stride, pad

    def forward(self, x):
        inside = F.pad(torch.ones_like(x[:1, :1]), self.pad)
        x = F.avg_pool2d(F.pad(x, self.pad), self.kernel_size, self.stride)
        return x / F.avg_pool2d(inside, self.kernel_size, self.stride)
`,
  PaddedConv2d: `class PaddedConv2d(nn.Conv2d):
    """A convolution with zeros of their own number left, right, above and below."""

    def __init__(self, *channels, pad, **settings):
        super().__init__(*channels, **settings)
        self.pad = pad

    def forward(self, x):
        return super().forward(F.pad(x, self.pad))
`,
  PaddedMaxPool2d: `class PaddedMaxPool2d(nn.MaxPool2d):
    """The largest numbers of windows over edges of their own width, where no number lies."""

    def __init__(self, *sizes, pad, **settings):
        super().__init__(*sizes, **settings)
        self.pad = pad

    def forward(self, x):
        return super().forward(F.pad(x, self.pad, value=-math.inf))
`,
  Residual: `class Residual(nn.Module):
    """Adds its input, or what a shortcut makes of it, to what a branch makes of it."""

    def __init__(self, branch, shortcut=None):
        super().__init__()
        self.branch = branch
        self.shortcut = nn.Identity() if shortcut is None else shortcut

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)
`,
  Scale: `class Scale(nn.Module):
    """Multiplies by a factor that is not trained."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return self.factor * x
`,
} as const;

/** A module that torch.nn lacks. */
export type ModelClass = keyof typeof MODEL_CLASSES;
