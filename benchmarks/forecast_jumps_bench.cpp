// SPDX-License-Identifier: MIT
// forecast_kou: probability of liquidation with exponential jumps. The peer is the same inversion, 33 points of the
// same line, written out with std::complex, the roots of each quartic by Laguerre's method with deflation. Inputs:
// health 1.05 to 2, volatility 0.3 to 1.5, 1 to 50 jumps a year, 1 to 365 days.
#include <benchmark/benchmark.h>

#include <trimtab/forecast/kou_first_passage.hpp>

#include <array>
#include <cmath>
#include <complex>
#include <random>
#include <vector>

namespace {

using complex = std::complex<double>;
using namespace trimtab::forecast;

constexpr std::size_t count = 256;

struct question {
  motion m;
  exponential_jumps jumps;
  double x, years;
};
const std::vector<question>& questions() {
  static const std::vector<question> all = [] {
    std::mt19937_64 engine(2003);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    std::vector<question> made;
    for (std::size_t i = 0; i < count; ++i)
      made.push_back({{between(-0.5, 0.5), between(0.3, 1.5)},
                      {between(1.0, 50.0), between(0.2, 0.8), between(5.0, 50.0), between(5.0, 50.0)},
                      std::log(between(1.05, 2.0)),
                      between(1.0, 365.0) / 365.0});
    return made;
  }();
  return all;
}

/// Laguerre's method, root after root, each divided out of what is left. Coefficients from the constant up.
std::array<complex, 4> roots_of(std::array<complex, 5> c) {
  std::array<complex, 4> roots{};
  for (std::size_t degree = 4; degree > 0; --degree) {
    const auto n = static_cast<double>(degree);
    complex z = 0.0;
    for (int step = 0; step < 50; ++step) {
      complex f = c[degree], slope = 0.0, bend = 0.0;
      for (std::size_t i = degree; i-- > 0;) {
        bend = bend * z + slope;
        slope = slope * z + f;
        f = f * z + c[i];
      }
      if (f == 0.0) break;
      const complex g = slope / f, h = g * g - 2.0 * bend / f, root = std::sqrt((n - 1.0) * (n * h - g * g));
      const complex plus = g + root, minus = g - root;
      const complex change = n / (std::norm(plus) > std::norm(minus) ? plus : minus);
      z -= change;
      if (std::abs(change) <= 1e-15 * std::abs(z)) break;
    }
    roots[degree - 1] = z;
    for (std::size_t i = degree; i-- > 0;) c[i] += z * c[i + 1];
    for (std::size_t i = 0; i < degree; ++i) c[i] = c[i + 1];
  }
  return roots;
}

/// Euler's summation, order 16: the first term half, 15 whole ones, then binomial tails; signs alternate.
std::array<double, 33> euler_weights() {
  std::array<double, 33> w{};
  double binomial = std::ldexp(1.0, -16), tail = 0.0;
  for (int k = 0; k < 16; ++k) {
    tail += binomial;
    w[static_cast<std::size_t>(32 - k)] = tail;
    binomial *= (16.0 - k) / (k + 1.0);
  }
  for (std::size_t k = 1; k <= 16; ++k) w[k] = 1.0;
  w[0] = 0.5;
  for (std::size_t k = 1; k < w.size(); k += 2) w[k] = -w[k];
  return w;
}

double peer_hit(const question& q) {
  static const auto weight = euler_weights();
  const double pi = std::acos(-1.0), line = 16.0 * std::log(10.0) / 3.0;
  const double a = q.jumps.down_decay, b = q.jumps.up_decay, p = 1.0 - q.jumps.up_share, m = -q.m.drift;
  const double variance = q.m.volatility * q.m.volatility, rate = q.jumps.rate, k = 2.0 / variance;
  double sum = 0.0;
  for (std::size_t n = 0; n < weight.size(); ++n) {
    const complex alpha(line / q.years, pi * static_cast<double>(n) / q.years), c = k * (rate + alpha);
    const std::array<complex, 4> roots =
        roots_of({k * alpha * a * b, -(k * m * a * b + c * (b - a) + k * rate * (p * a - (1.0 - p) * b)),
                  k * m * (b - a) - a * b - c, k * m + b - a, 1.0});
    std::array<complex, 4> right{};
    std::size_t found = 0;
    for (const complex& z : roots)
      if (z.real() > 0.0) right[found++] = z;
    const complex near = right[0], far = right[1];
    const complex transform = (a - near) / a * far / (far - near) * std::exp(-q.x * near) +
                              (far - a) / a * near / (far - near) * std::exp(-q.x * far);
    const complex plain = 2.0 * alpha / (m + std::sqrt(m * m + 2.0 * variance * alpha));
    sum += weight[n] * ((transform - std::exp(-q.x * plain)) / (alpha * q.years)).real();
  }
  return liquidation_probability(q.m, q.x, q.years) + std::exp(line) * sum;
}

void ours(benchmark::State& state) {
  const auto& all = questions();
  std::size_t i = 0;
  for (auto _ : state) {
    const auto got = kou_first_passage(all[i % count].m, all[i % count].jumps, all[i % count].x, all[i % count].years);
    benchmark::DoNotOptimize(got);
    ++i;
  }
}
void peer(benchmark::State& state) {
  const auto& all = questions();
  for (const question& q : all) {
    const auto got = kou_first_passage(q.m, q.jumps, q.x, q.years);
    if (!got || !(std::fabs(got->hit - peer_hit(q)) <= 1e-8)) {
      state.SkipWithError("the two disagree");
      return;
    }
  }
  std::size_t i = 0;
  for (auto _ : state) {
    double hit = peer_hit(all[i % count]);
    benchmark::DoNotOptimize(hit);
    ++i;
  }
}
BENCHMARK(ours)->Name("forecast_kou/ours");
BENCHMARK(peer)->Name("forecast_kou/peer");

}  // namespace
