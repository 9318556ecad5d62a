// Included once per instruction set, each time in a namespace and under a target of its own. No includes here: what the
// standard headers define must not be compiled for one instruction set only.

constexpr int kBlock = 8;

/** Whether a patch of `size` rows of `rowLength` values is all zero: four fifths of a digit's background. */
static inline bool IsBlank(const float* corner, int size, int stride, int row_length) {
  for (int row = 0; row < size; row++) {
    for (int i = 0; i < row_length; i++) {
      if (corner[row * stride + i] != 0.0f) return false;
    }
  }
  return true;
}

/** One block of up to kBlock filters at one window: largest sum of its P × P positions, and which it was. */
template <int P, bool Full>
static inline void PoolBlock(const float* corner, const float* kernel, const float* bias, const ConvPoolShape& s,
                             int width, float* values, unsigned char* winner) {
  const int stride = s.width * s.channels;
  const int row_length = s.side * s.channels;
  const int n = Full ? kBlock : width;
  float sums[P * P][kBlock] = {};
  for (int i = 0; i < s.side; i++) {
    for (int j = 0; j < row_length; j++) {
      const float* weights = kernel + (i * row_length + j) * s.filters;
      for (int y = 0; y < P; y++) {
        for (int x = 0; x < P; x++) {
          const float pixel = corner[(y + i) * stride + x * s.channels + j];
          for (int f = 0; f < n; f++) sums[y * P + x][f] += pixel * weights[f];
        }
      }
    }
  }
  for (int f = 0; f < n; f++) {
    float best = sums[0][f];
    int position = 0;
    for (int at = 1; at < P * P; at++) {
      const bool larger = sums[at][f] > best;
      best = larger ? sums[at][f] : best;
      position = larger ? at : position;
    }
    const float sum = best + bias[f];
    // NaN is kept, so that a diverged run is noticed.
    values[f] = sum <= 0.0f ? 0.0f : sum;
    winner[f] = static_cast<unsigned char>(position);
  }
}

template <int P>
static void PoolImage(const float* image, const float* kernel, const float* bias, const ConvPoolShape& s,
                      float* values, unsigned char* winner) {
  const int stride = s.width * s.channels;
  const int patch = P + s.side - 1;
  for (int y = 0; y < s.out_height; y++) {
    for (int x = 0; x < s.out_width; x++) {
      const float* corner = image + y * P * stride + x * P * s.channels;
      if (IsBlank(corner, patch, stride, patch * s.channels)) {
        for (int f = 0; f < s.filters; f++) {
          values[f] = bias[f] <= 0.0f ? 0.0f : bias[f];
          winner[f] = 0;
        }
      } else {
        int f = 0;
        for (; f + kBlock <= s.filters; f += kBlock) {
          PoolBlock<P, true>(corner, kernel + f, bias + f, s, kBlock, values + f, winner + f);
        }
        if (f < s.filters) {
          PoolBlock<P, false>(corner, kernel + f, bias + f, s, s.filters - f, values + f, winner + f);
        }
      }
      values += s.filters;
      winner += s.filters;
    }
  }
}

/** `values`, `winner` [out_height, out_width, filters] of one image: relu(max over the window of (image * kernel) + bias). */
void ConvPoolImage(const float* image, const float* kernel, const float* bias, const ConvPoolShape& s, float* values,
                   unsigned char* winner) {
  switch (s.pool) {
    case 1: return PoolImage<1>(image, kernel, bias, s, values, winner);
    case 2: return PoolImage<2>(image, kernel, bias, s, values, winner);
    case 3: return PoolImage<3>(image, kernel, bias, s, values, winner);
    default: return PoolImage<4>(image, kernel, bias, s, values, winner);
  }
}

/** Adds one image's share for up to kBlock filters. `Taps` > 0: side² × channels, known here, so that sums stay in registers. */
template <int P, int Taps, bool Full>
static inline void GradBlock(const float* image, const float* values, const unsigned char* winner,
                             const float* gradient, const ConvPoolShape& s, int width, float* kernel_sums,
                             float* bias_sums) {
  const int stride = s.width * s.channels;
  const int row_length = s.side * s.channels;
  const int taps = Taps > 0 ? Taps : s.side * row_length;
  const int patch = P + s.side - 1;
  const int n = Full ? kBlock : width;
  float local[Taps > 0 ? Taps : 1][kBlock] = {};
  float bias[kBlock] = {};
  for (int y = 0; y < s.out_height; y++) {
    for (int x = 0; x < s.out_width; x++) {
      float g[kBlock] = {};
      int won[kBlock] = {};
      for (int f = 0; f < n; f++) {
        g[f] = values[f] == 0.0f ? 0.0f : gradient[f];
        won[f] = winner[f];
        bias[f] += g[f];
      }
      const float* corner = image + y * P * stride + x * P * s.channels;
      if (!IsBlank(corner, patch, stride, patch * s.channels)) {
        for (int at = 0; at < P * P; at++) {
          float mine[kBlock];
          for (int f = 0; f < kBlock; f++) mine[f] = won[f] == at ? g[f] : 0.0f;
          const float* from = corner + (at / P) * stride + (at % P) * s.channels;
          for (int tap = 0; tap < taps; tap++) {
            const float pixel = from[(tap / row_length) * stride + tap % row_length];
            if (Taps > 0) {
              for (int f = 0; f < kBlock; f++) local[Taps > 0 ? tap : 0][f] += pixel * mine[f];
            } else {
              for (int f = 0; f < n; f++) kernel_sums[tap * s.filters + f] += pixel * mine[f];
            }
          }
        }
      }
      values += s.filters;
      winner += s.filters;
      gradient += s.filters;
    }
  }
  for (int f = 0; f < n; f++) bias_sums[f] += bias[f];
  for (int tap = 0; tap < Taps; tap++) {
    for (int f = 0; f < n; f++) kernel_sums[tap * s.filters + f] += local[tap][f];
  }
}

template <int P, int Taps>
static void GradImage(const float* image, const float* values, const unsigned char* winner, const float* gradient,
                      const ConvPoolShape& s, float* kernel_sums, float* bias_sums) {
  int f = 0;
  for (; f + kBlock <= s.filters; f += kBlock) {
    GradBlock<P, Taps, true>(image, values + f, winner + f, gradient + f, s, kBlock, kernel_sums + f, bias_sums + f);
  }
  if (f < s.filters) {
    GradBlock<P, Taps, false>(image, values + f, winner + f, gradient + f, s, s.filters - f, kernel_sums + f,
                              bias_sums + f);
  }
}

/** Adds one image's gradients to `kernel_sums` [side, side, channels, filters] and `bias_sums` [filters]. */
void ConvPoolGradImage(const float* image, const float* values, const unsigned char* winner, const float* gradient,
                       const ConvPoolShape& s, float* kernel_sums, float* bias_sums) {
  if (s.pool == 2 && s.side == 3 && s.channels == 1) {
    return GradImage<2, 9>(image, values, winner, gradient, s, kernel_sums, bias_sums);
  }
  switch (s.pool) {
    case 1: return GradImage<1, 0>(image, values, winner, gradient, s, kernel_sums, bias_sums);
    case 2: return GradImage<2, 0>(image, values, winner, gradient, s, kernel_sums, bias_sums);
    case 3: return GradImage<3, 0>(image, values, winner, gradient, s, kernel_sums, bias_sums);
    default: return GradImage<4, 0>(image, values, winner, gradient, s, kernel_sums, bias_sums);
  }
}

/** output = input × mask, the mask of elements [from, to): see lib/engine/dropout.ts, which draws the same. */
void DropoutRange(const float* input, float* output, long from, long to, unsigned key, unsigned threshold, float kept) {
  for (long i = from; i < to; i++) {
    unsigned bits = key + static_cast<unsigned>(i >> 1) * 0x9e3779b9u;
    bits = (bits ^ (bits >> 16)) * 0x85ebca6bu;
    bits = (bits ^ (bits >> 13)) * 0xc2b2ae35u;
    bits ^= bits >> 16;
    const unsigned draw = (i & 1) ? bits >> 16 : bits & 0xffffu;
    output[i] = draw < threshold ? 0.0f : input[i] * kept;
  }
}
