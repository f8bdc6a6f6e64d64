#include "sing.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "denormals.h"
#include "simd.h"

namespace singscope {
namespace {

// A matrix of few columns is walked as one that has several of its rows side by side.
constexpr size_t kLeastPeriod = 64;

// Below this share of the energy, "sum of squares less that of the means" has lost too many of the 53 bits.
constexpr double kCancellation = 1e-4;

// What is subtracted: element i of a gradient loses values[i % period].
struct Means {
  const double* values;
  size_t period;
};

SINGSCOPE_CLONES double sumOfElements(const float* values, size_t count) {
  Doubles sum[4] = {};
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int k = 0; k < 4; ++k) {
      Doubles x;
      loadDoubles(values + i + 4 * k, x);
      sum[k] += x;
    }
  }
  double total = sumOf((sum[0] + sum[1]) + (sum[2] + sum[3]));
  for (; i < count; ++i) total += values[i];
  return total;
}

// Adds up the columns of a matrix of `period` columns, and returns the sum of all squares.
SINGSCOPE_CLONES double addPeriods(const float* values, size_t count, size_t period, double* sums) {
  Doubles squares[2] = {};
  double rest = 0;
  for (size_t at = 0; at < count; at += period) {
    const size_t size = std::min(period, count - at);
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
      for (int k = 0; k < 2; ++k) {
        Doubles x, sum;
        loadDoubles(values + at + i + 4 * k, x);
        load(sums + i + 4 * k, sum);
        sum += x;
        store(sum, sums + i + 4 * k);
        squares[k] += x * x;
      }
    }
    for (; i < size; ++i) {
      const double x = values[at + i];
      sums[i] += x;
      rest += x * x;
    }
  }
  return sumOf(squares[0] + squares[1]) + rest;
}

SINGSCOPE_CLONES double squaredDistances(const float* values, size_t count, const Means& means) {
  Doubles squares[4] = {};
  double rest = 0;
  for (size_t at = 0; at < count; at += means.period) {
    const size_t size = std::min(means.period, count - at);
    size_t i = 0;
    for (; i + 16 <= size; i += 16) {
      for (int k = 0; k < 4; ++k) {
        Doubles distance, mean;
        loadDoubles(values + at + i + 4 * k, distance);
        load(means.values + i + 4 * k, mean);
        distance -= mean;
        squares[k] += distance * distance;
      }
    }
    for (; i < size; ++i) {
      const double distance = values[at + i] - means.values[i];
      rest += distance * distance;
    }
  }
  return sumOf((squares[0] + squares[1]) + (squares[2] + squares[3])) + rest;
}

double squaredDistancesInParts(const float* values, size_t count, const Means& means, Beside& beside) {
  const size_t parts = partsFor(count);
  std::vector<double> squares(parts);
  beside.inParts(parts, [&](size_t part) {
    const size_t from = partStart(count, means.period, parts, part);
    squares[part] = squaredDistances(values + from, partStart(count, means.period, parts, part + 1) - from, means);
  });
  return std::accumulate(squares.begin(), squares.end(), 0.0);
}

SINGSCOPE_CLONES void writeScaled(const float* from, float* to, size_t count, const Means& means, double scale) {
  const Doubles scales = {scale, scale, scale, scale};
  for (size_t at = 0; at < count; at += means.period) {
    const size_t size = std::min(means.period, count - at);
    size_t i = 0;
    for (; i + 4 <= size; i += 4) {
      Doubles x, mean;
      loadDoubles(from + at + i, x);
      load(means.values + i, mean);
      storeFloats((x - mean) * scales, to + at + i);
    }
    for (; i < size; ++i) to[at + i] = static_cast<float>((from[at + i] - means.values[i]) * scale);
  }
}

SINGSCOPE_CLONES void writeShifted(const float* from, float* to, size_t count, double mean, double scale) {
  const Doubles means = {mean, mean, mean, mean};
  const Doubles scales = {scale, scale, scale, scale};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    Doubles x;
    loadDoubles(from + i, x);
    storeFloats((x - means) * scales, to + i);
  }
  for (; i < count; ++i) to[i] = static_cast<float>((from[i] - mean) * scale);
}

// Mean of each column, repeated until the period is worth its loop; `energy` gets the sum of all squares.
std::vector<double> columnMeans(const float* values, size_t rows, size_t columns, double& energy, Beside& beside) {
  const size_t repeats = std::min(rows, (kLeastPeriod + columns - 1) / columns);
  const size_t period = repeats * columns;
  const size_t count = rows * columns;
  // Each part has its own sums: they must stay small beside what is summed.
  const size_t parts = std::clamp<size_t>(count / period / 8, 1, partsFor(count));
  std::vector<std::vector<double>> sums(parts, std::vector<double>(period));
  std::vector<double> squares(parts);
  beside.inParts(parts, [&](size_t part) {
    const size_t from = partStart(count, period, parts, part);
    squares[part] = addPeriods(values + from, partStart(count, period, parts, part + 1) - from, period, sums[part].data());
  });
  std::vector<double> means = std::move(sums[0]);
  energy = squares[0];
  for (size_t part = 1; part < parts; ++part) {
    energy += squares[part];
    for (size_t i = 0; i < period; ++i) means[i] += sums[part][i];
  }
  for (size_t column = 0; column < columns; ++column) {
    double sum = 0;
    for (size_t i = column; i < period; i += columns) sum += means[i];
    for (size_t i = column; i < period; i += columns) means[i] = sum / static_cast<double>(rows);
  }
  return means;
}

// Sum of the squared distances of all elements from their column's mean.
double centralizedSquares(const float* values, size_t rows, size_t columns, const std::vector<double>& means,
                          double energy, Beside& beside) {
  double ofMeans = 0;
  for (size_t column = 0; column < columns; ++column) ofMeans += means[column] * means[column];
  const double squares = energy - static_cast<double>(rows) * ofMeans;
  // Also looked at when all is NaN, so that the sum tells so.
  if (squares > kCancellation * energy) return squares;
  return squaredDistancesInParts(values, rows * columns, {means.data(), means.size()}, beside);
}

double divisorOf(Normalize normalize, double norm, size_t count, double epsilon) {
  switch (normalize) {
    case Normalize::kNorm: return norm + epsilon;
    case Normalize::kStd: return norm / std::sqrt(static_cast<double>(count)) + epsilon;
    default: return 1;
  }
}

}  // namespace

Transform planTransform(const float* gradient, size_t rows, size_t columns, Centralize centralize, Normalize normalize,
                        double epsilon, Beside& beside) {
  const size_t count = rows * columns;
  Transform transform = {centralize, columns, {}, 1, 0};
  if (count == 0) return transform;
  const KeepDenormals keep;
  double squares = 0;
  if (centralize == Centralize::kColumns) {
    double energy = 0;
    transform.means = columnMeans(gradient, rows, columns, energy, beside);
    squares = centralizedSquares(gradient, rows, columns, transform.means, energy, beside);
  } else {
    // A part is what one mean holds for: the whole gradient, or each of its rows.
    const size_t parts = centralize == Centralize::kRows ? rows : 1;
    const size_t size = count / parts;
    std::vector<double> tile(std::min(size, kLeastPeriod), 0.0);
    if (centralize == Centralize::kRows) transform.means.resize(rows);
    for (size_t part = 0; part < parts; ++part) {
      const float* const values = gradient + part * size;
      if (centralize == Centralize::kRows) {
        transform.means[part] = sumOfElements(values, size) / static_cast<double>(size);
        std::fill(tile.begin(), tile.end(), transform.means[part]);
      }
      squares += squaredDistancesInParts(values, size, {tile.data(), tile.size()}, beside);
    }
  }
  const double norm = std::sqrt(squares);
  transform.scale = norm == 0 ? 1 : 1 / divisorOf(normalize, norm, count, epsilon);
  transform.norm = norm * transform.scale;
  return transform;
}

void writeTransformed(const Transform& transform, const float* gradient, size_t at, size_t count, float* to) {
  if (count == 0) return;
  const KeepDenormals keep;
  if (transform.centralize == Centralize::kNone) {
    writeShifted(gradient + at, to, count, 0, transform.scale);
    return;
  }
  const double* const means = transform.means.data();
  if (transform.centralize == Centralize::kRows) {
    for (size_t done = 0; done < count;) {
      const size_t row = (at + done) / transform.columns;
      const size_t size = std::min((row + 1) * transform.columns - (at + done), count - done);
      writeShifted(gradient + at + done, to + done, size, means[row], transform.scale);
      done += size;
    }
    return;
  }
  const size_t period = transform.means.size();
  const size_t offset = at % period;
  const size_t first = offset == 0 ? 0 : std::min(period - offset, count);
  if (first > 0) writeScaled(gradient + at, to, first, {means + offset, first}, transform.scale);
  writeScaled(gradient + at + first, to + first, count - first, {means, period}, transform.scale);
}

double transformGradient(const float* from, float* to, size_t rows, size_t columns, Centralize centralize,
                         Normalize normalize, double epsilon, Beside& beside) {
  const Transform transform = planTransform(from, rows, columns, centralize, normalize, epsilon, beside);
  writeTransformed(transform, from, 0, rows * columns, to);
  return transform.norm;
}

}  // namespace singscope
