// SPDX-License-Identifier: MIT
// N8_n…_m…: routing over n tokens and m constant-product pools, from the pools to the certified flows, cold. The
// published router's own benchmark family: reserves uniform up to 1000, fees of 0 or 30 basis points, arbitrage at
// prices near 1; 8 seeds, cycled. The peer is the same dual in its own variables under L-BFGS-B with that router's
// settings (memory 5, factr 10, pgtol 1e-5). kkt: the worst of what is left at the tokens, of the gross flow; sweeps
// over the pools. N8_warm: n = 20, m = 100, after 3 pools have traded a thousandth; ours and peer from their last
// prices, cold is ours without. N8_swap_…: one token sold for another, fees of 5 or 30 basis points.
#include <benchmark/benchmark.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/network.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#ifdef TRIMTAB_BENCH_LBFGSB
extern "C" void setulb_(const int* n, const int* m, double* x, const double* l, const double* u, const int* nbd,
                        double* f, double* g, const double* factr, const double* pgtol, double* wa, int* iwa,
                        char* task, const int* iprint, char* csave, int* lsave, int* isave, double* dsave,
                        std::size_t task_length, std::size_t csave_length);
#endif

namespace {

using namespace trimtab;
using pool = liquidity::constant_product;
using edge = sizing::network_edge<pool>;

constexpr std::size_t seeds = 8;

struct instance {
  std::vector<edge> edges;  ///< each pool twice, one way after the other
  std::vector<double> worth, supply;
};

void add(instance& it, std::size_t a, std::size_t b, double ra, double rb, double fee) {
  const pool p{.reserve_in = ra, .reserve_out = rb, .fee = {fee}};
  it.edges.push_back({a, b, p});
  it.edges.push_back({b, a, p.reversed()});
}
instance arbitrage(std::size_t n, std::size_t m, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
  instance it;
  for (std::size_t i = 0; i < m; ++i) {
    const std::size_t a = engine() % n, b = (a + 1 + engine() % (n - 1)) % n;
    add(it, a, b, between(1.0, 1e3), between(1.0, 1e3), engine() % 2 == 0 ? 0.0 : 30.0);
  }
  for (std::size_t j = 0; j < n; ++j) it.worth.push_back(between(0.5, 1.5));
  it.supply.assign(n, 0.0);
  return it;
}
instance swap(std::size_t n, std::size_t m, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
  instance it;
  std::vector<double> value(n);
  for (double& v : value) v = std::exp(between(-2.0, 2.0));
  for (std::size_t i = 0; i < m; ++i) {
    const std::size_t a = i + 1 < n ? i : engine() % n, b = i + 1 < n ? i + 1 : (a + 1 + engine() % (n - 1)) % n;
    const double depth = std::exp(between(std::log(1e2), std::log(1e4)));
    add(it, a, b, depth / value[a], depth / value[b] * between(0.99, 1.01), engine() % 2 == 0 ? 5.0 : 30.0);
  }
  it.worth.assign(n, 0.0);
  it.worth[n - 1] = 1.0;
  it.supply.assign(n, 0.0);
  it.supply[0] = 300.0 / value[0];
  return it;
}

using maker = instance (*)(std::size_t, std::size_t, std::uint64_t);
std::vector<instance> family(maker make, std::size_t n, std::size_t m) {
  std::vector<instance> all;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) all.push_back(make(n, m, seed));
  return all;
}

// The dual as one would write it first: value and gradient at ν, both ways of each pool.
struct plain_dual {
  const instance& it;
  std::vector<double> b;  ///< √(R₁·R₂) / √γ, of each pool
  explicit plain_dual(const instance& in) : it(in) {
    for (std::size_t e = 0; e < in.edges.size(); e += 2) {
      const pool& p = in.edges[e].venue;
      b.push_back(std::sqrt(p.depth() * p.reserve_out));
    }
  }
  double operator()(const double* price, double* left, double* gross = nullptr) const {
    double value = 0.0;
    for (std::size_t j = 0; j < it.worth.size(); ++j) {
      left[j] = it.supply[j];
      value += (price[j] - it.worth[j]) * it.supply[j];
    }
    for (std::size_t i = 0; i < b.size(); ++i) {
      const edge& e = it.edges[2 * i];
      const double u = price[e.in], v = price[e.out], a = e.venue.depth(), back = it.edges[2 * i + 1].venue.depth();
      std::size_t in = e.in, out = e.out;
      double x = 0.0, y = 0.0;
      if (u * a < v * e.venue.reserve_out) {
        const double s = std::sqrt(v / u);
        x = b[i] * s - a;
        y = e.venue.reserve_out - b[i] / s;
      } else if (v * back < u * e.venue.reserve_in) {
        const double s = std::sqrt(u / v);
        x = b[i] * s - back;
        y = e.venue.reserve_in - b[i] / s;
        std::swap(in, out);
      } else {
        continue;
      }
      left[in] -= x;
      left[out] += y;
      value += price[out] * y - price[in] * x;
      if (gross != nullptr) *gross += price[out] * y;
    }
    return value;
  }
  double kkt(const std::vector<double>& price) const {
    std::vector<double> left(price.size());
    double gross = 0.0, worst = 0.0;
    (*this)(price.data(), left.data(), &gross);
    for (std::size_t j = 0; j < price.size(); ++j)
      if (price[j] > it.worth[j] || left[j] < 0.0) worst = std::max(worst, std::fabs(price[j] * left[j]));
    return worst / gross;
  }
};

void ours(benchmark::State& state, maker make, std::size_t n, std::size_t m) {
  const auto all = family(make, n, m);
  sizing::network_workspace workspace;
  double kkt = 0.0, steps = 0.0;
  for (const instance& it : all) {
    const auto r = sizing::route<pool>(it.edges, {it.worth, it.supply}, workspace);
    if (r.status != errc::ok) return state.SkipWithError("not certified");
    kkt = std::max(kkt, r.kkt);
    steps += r.iterations;
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const instance& it = all[i++ % seeds];
    auto r = sizing::route<pool>(it.edges, {it.worth, it.supply}, workspace);
    benchmark::DoNotOptimize(r);
  }
  state.counters["kkt"] = kkt;
  state.counters["steps"] = steps / seeds;
}

#ifdef TRIMTAB_BENCH_LBFGSB
struct peer_solver {
  static constexpr int memory = 5;
  std::vector<double> price, gradient, work, upper;
  std::vector<int> bound, whole;
  int sweeps = 0;

  /// From `price`, bounded below by the worths; what has none by the square root of a rounding, as the router does.
  void solve(const plain_dual& dual, double pgtol) {
    const instance& it = dual.it;
    const int n = static_cast<int>(it.worth.size()), silent = -1;
    const std::size_t size = it.worth.size(), corrections = memory;
    const double factr = 10.0;
    gradient.resize(size);
    upper.resize(size);
    bound.assign(size, 1);
    work.resize((2 * corrections + 5) * size + 11 * corrections * corrections + 8 * corrections);
    whole.resize(3 * size);
    for (std::size_t j = 0; j < size; ++j) lower_[j] = std::max(it.worth[j], 1.49e-8);
    std::array<char, 60> task{}, csave{};
    std::array<int, 4> lsave{};
    std::array<int, 44> isave{};
    std::array<double, 29> dsave{};
    task.fill(' ');
    std::memcpy(task.data(), "START", 5);
    double value = 0.0;
    sweeps = 0;
    for (;;) {
      setulb_(&n, &memory, price.data(), lower_.data(), upper.data(), bound.data(), &value, gradient.data(), &factr,
              &pgtol, work.data(), whole.data(), task.data(), &silent, csave.data(), lsave.data(), isave.data(),
              dsave.data(), task.size(), csave.size());
      if (std::memcmp(task.data(), "FG", 2) == 0) {
        value = dual(price.data(), gradient.data());
        if (++sweeps > 15000) return;
      } else if (std::memcmp(task.data(), "NEW_X", 5) != 0) {
        return;
      }
    }
  }
  void begin(const instance& it) {
    lower_.resize(it.worth.size());
    price.resize(it.worth.size());
    for (std::size_t j = 0; j < price.size(); ++j)
      price[j] = std::max(it.worth[j], 1.0 / static_cast<double>(price.size()));
  }

private:
  std::vector<double> lower_;
};

void peer(benchmark::State& state, maker make, std::size_t n, std::size_t m) {
  const auto all = family(make, n, m);
  const double pgtol = make == swap ? 0.0 : 1e-5;  // as the router stops a swap: at the line search's end
  sizing::network_workspace workspace;
  peer_solver solver;
  double kkt = 0.0, sweeps = 0.0;
  for (const instance& it : all) {
    const plain_dual dual(it);
    solver.begin(it);
    solver.solve(dual, pgtol);
    kkt = std::max(kkt, dual.kkt(solver.price));
    sweeps += solver.sweeps;
    const auto r = sizing::route<pool>(it.edges, {it.worth, it.supply}, workspace);
    std::vector<double> left(n);
    const double bound = dual(solver.price.data(), left.data());
    if (!(std::fabs(bound - r.value) <= 1e-4 * r.gross)) return state.SkipWithError("the answers differ");
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const instance& it = all[i++ % seeds];
    const plain_dual dual(it);
    solver.begin(it);
    solver.solve(dual, pgtol);
    benchmark::DoNotOptimize(solver.price.data());
  }
  state.counters["kkt"] = kkt;
  state.counters["sweeps"] = sweeps / seeds;
}
#endif

struct blocks {
  instance one = arbitrage(20, 100, 7), other = one;
  blocks() {
    for (const std::size_t i : {3U, 41U, 77U}) {
      pool& there = other.edges[2 * i].venue;
      there = there.after(1e-3 * there.reserve_in);
      other.edges[2 * i + 1].venue = there.reversed();
    }
  }
};
void warm(benchmark::State& state, bool hot) {
  const blocks b;
  sizing::network_workspace workspace;
  std::size_t i = 0;
  for (auto _ : state) {
    const instance& it = i++ % 2 == 0 ? b.one : b.other;
    auto r = hot ? sizing::reroute<pool>(it.edges, {it.worth, it.supply}, workspace)
                 : sizing::route<pool>(it.edges, {it.worth, it.supply}, workspace);
    if (r.status != errc::ok) return state.SkipWithError("not certified");
    benchmark::DoNotOptimize(r);
    state.counters["kkt"] = r.kkt;
    state.counters["steps"] = r.iterations;
  }
}
#ifdef TRIMTAB_BENCH_LBFGSB
void warm_peer(benchmark::State& state) {
  const blocks b;
  peer_solver solver;
  solver.begin(b.one);
  std::size_t i = 0;
  for (auto _ : state) {
    const instance& it = i++ % 2 == 0 ? b.one : b.other;
    const plain_dual dual(it);
    solver.solve(dual, 1e-5);
    benchmark::DoNotOptimize(solver.price.data());
  }
  state.counters["kkt"] = plain_dual(i % 2 == 1 ? b.one : b.other).kkt(solver.price);
  state.counters["sweeps"] = solver.sweeps;
}
#endif

const bool registered = [] {
  struct problem {
    const char* name;
    maker make;
    std::size_t n, m;
  };
  constexpr problem problems[] = {{"N8_n5_m20", arbitrage, 5, 20},       {"N8_n20_m100", arbitrage, 20, 100},
                                  {"N8_n20_m1000", arbitrage, 20, 1000}, {"N8_n200_m10000", arbitrage, 200, 10000},
                                  {"N8_swap_n5_m20", swap, 5, 20},       {"N8_swap_n20_m100", swap, 20, 100},
                                  {"N8_swap_n20_m1000", swap, 20, 1000}, {"N8_swap_n200_m10000", swap, 200, 10000}};
  for (const auto& [name, make, n, m] : problems) {
    benchmark::RegisterBenchmark((std::string(name) + "/ours").c_str(), ours, make, n, m)
        ->Unit(benchmark::kMicrosecond);
#ifdef TRIMTAB_BENCH_LBFGSB
    benchmark::RegisterBenchmark((std::string(name) + "/peer").c_str(), peer, make, n, m)
        ->Unit(benchmark::kMicrosecond);
#endif
  }
  benchmark::RegisterBenchmark("N8_warm/ours", warm, true)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("N8_warm/cold", warm, false)->Unit(benchmark::kMicrosecond);
#ifdef TRIMTAB_BENCH_LBFGSB
  benchmark::RegisterBenchmark("N8_warm/peer", warm_peer)->Unit(benchmark::kMicrosecond);
#endif
  return true;
}();

}  // namespace
