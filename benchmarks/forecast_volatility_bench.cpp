// SPDX-License-Identifier: MIT
// forecast_ewma_update, forecast_garch_update: one observation into the state; the peer filters the last 250 again, as
// one does who keeps a window and no state. forecast_har_update: one period's realised variance into the regression and
// its state; the peer is the same recursion with a dense covariance matrix in Eigen, and means over a std::deque.
#include <Eigen/Dense>
#include <benchmark/benchmark.h>

#include <trimtab/forecast/ewma.hpp>
#include <trimtab/forecast/garch.hpp>
#include <trimtab/forecast/har.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <deque>
#include <random>
#include <vector>

namespace {

using namespace trimtab::forecast;

constexpr std::size_t count = 4096, window = 250;

const std::vector<observation>& days() {
  static const std::vector<observation> all = [] {
    std::mt19937_64 engine(1986);
    std::normal_distribution<> normal;
    std::vector<observation> out;
    for (std::size_t i = 0; i < count; ++i) {
      const double deviation = 0.03 * std::exp(0.5 * std::sin(static_cast<double>(i) / 20.0));
      const double r = deviation * normal(engine);
      out.push_back({.log_return = r, .realised_variance = deviation * deviation * std::exp(0.3 * normal(engine))});
    }
    return out;
  }();
  return all;
}

template <class Model>
void ours(benchmark::State& state, const Model& model) {
  const auto& seen = days();
  typename Model::state_type now{};
  std::size_t i = 0;
  for (auto _ : state) {
    now = model.step(now, seen[i]);
    benchmark::DoNotOptimize(now);
    i = (i + 1) % count;
  }
}

void ewma_ours(benchmark::State& state) {
  ours(state, ewma{});
}
void garch_ours(benchmark::State& state) {
  ours(state, garch{.omega = 2e-5, .alpha = 0.05, .leverage = 0.08, .beta = 0.88});
}
void har_ours(benchmark::State& state) {
  ours(state, har{});
}

void ewma_peer(benchmark::State& state) {
  const auto& seen = days();
  std::size_t i = 0;
  for (auto _ : state) {
    double v = 0.0;
    for (std::size_t k = 0; k < window; ++k) {
      const double r2 = seen[i + k].realised_variance;
      v = k == 0 ? r2 : 0.94 * v + 0.06 * r2;
    }
    benchmark::DoNotOptimize(v);
    i = (i + 1) % (count - window);
  }
}

void garch_peer(benchmark::State& state) {
  const auto& seen = days();
  std::size_t i = 0;
  for (auto _ : state) {
    double h = 1e-3;
    for (std::size_t k = 0; k < window; ++k) {
      const double r = seen[i + k].log_return;
      h = 2e-5 + (r < 0.0 ? 0.13 : 0.05) * r * r + 0.88 * h;
    }
    benchmark::DoNotOptimize(h);
    i = (i + 1) % (count - window);
  }
}

void har_peer(benchmark::State& state) {
  const auto& seen = days();
  std::deque<double> past;
  for (std::size_t k = 0; k < 30; ++k) past.push_back(std::log(seen[k].realised_variance));
  Eigen::Vector4d b{0.0, 0.5, 0.3, 0.2};
  Eigen::Matrix4d p = Eigen::Matrix4d::Identity() * 0.1;
  const double memory = 0.999;
  std::size_t i = 30;
  for (auto _ : state) {
    const double y = std::log(seen[i].realised_variance);
    double week = 0.0, month = 0.0;
    for (std::size_t k = 0; k < 30; ++k) {
      month += past[k] / 30.0;
      if (k >= 23) week += past[k] / 7.0;
    }
    const Eigen::Vector4d x{1.0, past.back(), week, month};
    const Eigen::Vector4d px = p * x;
    const Eigen::Vector4d gain = px / (memory + x.dot(px));
    b += gain * (y - x.dot(b));
    p = ((p - gain * px.transpose()) / memory).eval();
    p = (0.5 * (p + p.transpose())).eval();
    past.pop_front();
    past.push_back(y);
    benchmark::DoNotOptimize(b);
    i = (i + 1) % count;
  }
}

}  // namespace

BENCHMARK(ewma_ours)->Name("forecast_ewma_update/ours");
BENCHMARK(ewma_peer)->Name("forecast_ewma_update/peer");
BENCHMARK(garch_ours)->Name("forecast_garch_update/ours");
BENCHMARK(garch_peer)->Name("forecast_garch_update/peer");
BENCHMARK(har_ours)->Name("forecast_har_update/ours");
BENCHMARK(har_peer)->Name("forecast_har_update/peer");
