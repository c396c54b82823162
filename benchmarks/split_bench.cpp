// SPDX-License-Identifier: MIT
// N6: the split of an amount over m constant-product pools; the peer is NLopt's SLSQP (m = 16) or plain bisection on
// the common price to the last bit (m = 32, 1000). N7: the same where every pool costs a fixed amount; the peer tries
// every set (m = 10) or adds one pool while that pays (m = 100). N6_supply_curve_query: what an amount buys from the
// aggregate of 32 pools, once built; the peer bisects on the price. N10_grid256: the split against the best of 256
// equal chunks. Depths over e^4, prices 2 % apart.
#include <benchmark/benchmark.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/sizing/activation.hpp>
#include <trimtab/sizing/split.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#ifdef TRIMTAB_BENCH_NLOPT
#include <nlopt.hpp>
#endif

namespace {

using namespace trimtab;
using pool = liquidity::constant_product;

struct market {
  std::vector<pool> pools;
  std::vector<double> costs;
  double amount = 0.0;

  explicit market(std::size_t count, std::uint64_t seed, double share = 0.1) {
    std::mt19937_64 engine(seed);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    for (std::size_t i = 0; i < count; ++i) {
      const double depth = 1e5 * std::exp(between(0.0, 4.0)), price = 1.0 + 0.02 * between(-1.0, 1.0);
      pools.push_back({.reserve_in = depth, .reserve_out = depth * price});
      costs.push_back(between(20.0, 80.0));
      amount += share * depth;
    }
  }
  [[nodiscard]] std::span<const pool> all() const { return pools; }
};
constexpr std::size_t how_many = 16;
std::vector<market> markets(std::size_t count, double share = 0.1) {
  std::vector<market> made;
  for (std::size_t i = 0; i < how_many; ++i) made.emplace_back(count, 20250801 + i, share);
  return made;
}
double paid(const market& m, const std::vector<double>& parts) {
  double y = 0.0;
  for (std::size_t i = 0; i < parts.size(); ++i) y += m.pools[i].amount_out(parts[i]);
  return y;
}

double bisected(const market& m, std::vector<double>& parts) {
  double low = 0.0, high = 0.0;
  for (const pool& p : m.pools) high = std::max(high, p.marginal_price(0.0).value);
  for (;;) {
    const double middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    double taken = 0.0;
    for (const pool& p : m.pools) taken += p.amount_at(executable_price<double>{middle});
    (taken < m.amount ? high : low) = middle;
  }
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = m.pools[i].amount_at(executable_price<double>{high});
  return paid(m, parts);
}

#ifdef TRIMTAB_BENCH_NLOPT
double slsqp(const market& m, std::vector<double>& parts) {
  const auto count = static_cast<unsigned>(m.pools.size());
  nlopt::opt solver(nlopt::LD_SLSQP, count);
  // In shares of the amount, so that it need not cope with the scale.
  solver.set_lower_bounds(0.0);
  solver.set_max_objective(
      [](unsigned n, const double* x, double* gradient, void* data) {
        const auto& of = *static_cast<const market*>(data);
        double y = 0.0;
        for (unsigned i = 0; i < n; ++i) {
          y += of.pools[i].amount_out(x[i] * of.amount) / of.amount;
          if (gradient != nullptr) gradient[i] = of.pools[i].marginal_price(x[i] * of.amount).value;
        }
        return y;
      },
      const_cast<market*>(&m));
  solver.add_equality_constraint(
      [](unsigned n, const double* x, double* gradient, void*) {
        double sum = -1.0;
        for (unsigned i = 0; i < n; ++i) {
          sum += x[i];
          if (gradient != nullptr) gradient[i] = 1.0;
        }
        return sum;
      },
      nullptr, 1e-12);
  solver.set_ftol_rel(1e-15);
  solver.set_maxeval(500);
  std::vector<double> share(count, 1.0 / count);
  double best = 0.0;
  try {
    solver.optimize(share, best);
  } catch (const nlopt::roundoff_limited&) {
  }
  for (unsigned i = 0; i < count; ++i) parts[i] = share[i] * m.amount;
  return paid(m, parts);
}
#endif

template <class Peer>
bool agree(const std::vector<market>& all, Peer peer, double tolerance) {
  for (const market& m : all) {
    std::vector<double> ours(m.pools.size()), theirs(m.pools.size());
    const auto found = sizing::split(m.all(), m.amount, ours);
    if (!found || std::fabs(peer(m, theirs) / found->out - 1.0) > tolerance) return false;
  }
  return true;
}

void split_ours(benchmark::State& state, std::size_t count) {
  const auto all = markets(count);
  std::vector<double> parts(count);
  std::size_t i = 0;
  for (auto _ : state) {
    const market& m = all[i++ % how_many];
    benchmark::DoNotOptimize(sizing::split(m.all(), m.amount, parts));
    benchmark::ClobberMemory();
  }
}
template <class Peer>
void split_peer(benchmark::State& state, std::size_t count, Peer peer, double tolerance) {
  const auto all = markets(count);
  if (!agree(all, peer, tolerance)) return state.SkipWithError("the splits differ");
  std::vector<double> parts(count);
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(peer(all[i++ % how_many], parts));
}

// N7. Peers work on index sets, with the same split inside.
double set_net(const market& m, const std::vector<std::size_t>& set, std::vector<pool>& some,
               std::vector<double>& parts) {
  some.clear();
  double cost = 0.0;
  for (const std::size_t i : set) some.push_back(m.pools[i]), cost += m.costs[i];
  parts.resize(some.size());
  return sizing::split(std::span<const pool>(some), m.amount, parts)->out - cost;
}
double every_set(const market& m) {
  double best = -infinity;
  std::vector<pool> some;
  std::vector<double> parts;
  std::vector<std::size_t> set;
  for (unsigned mask = 1; mask < 1U << m.pools.size(); ++mask) {
    set.clear();
    for (std::size_t i = 0; i < m.pools.size(); ++i) {
      if ((mask >> i & 1U) != 0U) set.push_back(i);
    }
    best = std::max(best, set_net(m, set, some, parts));
  }
  return best;
}
double greedy_add(const market& m) {
  double best = -infinity;
  std::vector<pool> some;
  std::vector<double> parts;
  std::vector<std::size_t> set;
  for (bool better = true; better;) {
    better = false;
    std::size_t next = 0;
    for (std::size_t i = 0; i < m.pools.size(); ++i) {
      if (std::find(set.begin(), set.end(), i) != set.end()) continue;
      set.push_back(i);
      if (const double net = set_net(m, set, some, parts); net > best) best = net, next = i, better = true;
      set.pop_back();
    }
    if (better) set.push_back(next);
  }
  return best;
}
double ours_net(const market& m, std::vector<double>& parts, std::vector<sizing::activation_row>& rows) {
  return sizing::activate(m.all(), m.amount, m.costs, parts, rows)->net();
}
void activation_ours(benchmark::State& state, std::size_t count) {
  const auto all = markets(count, 0.005);
  std::vector<double> parts(count);
  std::vector<sizing::activation_row> rows(2 * count);
  std::size_t i = 0;
  for (auto _ : state) {
    const market& m = all[i++ % how_many];
    benchmark::DoNotOptimize(sizing::activate(m.all(), m.amount, m.costs, parts, rows));
    benchmark::ClobberMemory();
  }
}
template <class Peer>
void activation_peer(benchmark::State& state, std::size_t count, Peer peer, bool exact) {
  const auto all = markets(count, 0.005);
  std::vector<double> parts(count);
  std::vector<sizing::activation_row> rows(2 * count);
  for (const market& m : all) {
    const double ours = ours_net(m, parts, rows), theirs = peer(m);
    if (exact ? std::fabs(ours / theirs - 1.0) > 1e-13 : ours < theirs * (1.0 - 1e-13)) {
      return state.SkipWithError("the choices differ");
    }
  }
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(peer(all[i++ % how_many]));
}

struct aggregate {
  market of;
  std::vector<liquidity::segment<>> pieces;
  std::vector<liquidity::supply_event> events;
  std::vector<liquidity::placed_segment> placed;
  liquidity::supply_curve curve;
  explicit aggregate(std::size_t count) : of(count, 20250901), pieces(count), events(4 * count), placed(2 * count) {
    curve = build();
  }
  liquidity::supply_curve build() {
    return liquidity::build_supply_curve<pool>(of.all(), {pieces, events, placed}).value();
  }
};
void query_ours(benchmark::State& state) {
  const aggregate a(32);
  double x = a.of.amount;
  for (auto _ : state) {
    benchmark::DoNotOptimize(a.curve.amount_out(x));
    x = x > 2.0 * a.of.amount ? 0.01 * a.of.amount : 1.37 * x;
  }
}
void query_peer(benchmark::State& state) {
  aggregate a(32);
  std::vector<double> parts(32);
  const double whole = a.of.amount;
  for (const double share : {0.01, 0.1, 1.0, 2.0}) {
    a.of.amount = share * whole;
    if (std::fabs(bisected(a.of, parts) / a.curve.amount_out(a.of.amount) - 1.0) > 1e-12) {
      return state.SkipWithError("the curves differ");
    }
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(bisected(a.of, parts));
    a.of.amount = a.of.amount > 2.0 * whole ? 0.01 * whole : 1.37 * a.of.amount;
  }
}
void build_ours(benchmark::State& state) {
  aggregate a(32);
  for (auto _ : state) benchmark::DoNotOptimize(a.build());
}

// The best that whole 256ths can do: a dynamic program over the pools.
double on_a_grid(const market& m) {
  constexpr std::size_t chunks = 256;
  std::vector<double> best(chunks + 1, -infinity), next, pays(chunks + 1);
  best[0] = 0.0;
  for (const pool& p : m.pools) {
    for (std::size_t k = 0; k <= chunks; ++k) pays[k] = p.amount_out(m.amount * static_cast<double>(k) / chunks);
    next.assign(chunks + 1, -infinity);
    for (std::size_t k = 0; k <= chunks; ++k) {
      for (std::size_t used = 0; used <= k; ++used) next[k] = std::max(next[k], best[k - used] + pays[used]);
    }
    best.swap(next);
  }
  return best[chunks];
}
void grid_peer(benchmark::State& state) {
  const auto all = markets(16);
  std::vector<double> parts(16);
  double gained = 0.0;
  for (const market& m : all) {
    const double ours = sizing::split(m.all(), m.amount, parts)->out, theirs = on_a_grid(m);
    if (ours < theirs * (1.0 - 1e-15)) return state.SkipWithError("the grid is better");
    gained += 1e4 * (ours / theirs - 1.0) / how_many;
  }
  state.SetLabel("the grid pays " + std::to_string(gained) + " bp less");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(on_a_grid(all[i++ % how_many]));
}

void split_16(benchmark::State& state) {
  split_ours(state, 16);
}
void split_32(benchmark::State& state) {
  split_ours(state, 32);
}
void split_1000(benchmark::State& state) {
  split_ours(state, 1000);
}
void bisected_32(benchmark::State& state) {
  split_peer(state, 32, bisected, 1e-12);
}
void bisected_1000(benchmark::State& state) {
  split_peer(state, 1000, bisected, 1e-12);
}
void activation_10(benchmark::State& state) {
  activation_ours(state, 10);
}
void activation_100(benchmark::State& state) {
  activation_ours(state, 100);
}
void every_set_10(benchmark::State& state) {
  activation_peer(state, 10, every_set, true);
}
void greedy_100(benchmark::State& state) {
  activation_peer(state, 100, greedy_add, false);
}

BENCHMARK(split_16)->Name("N6_m16/ours");
BENCHMARK(split_32)->Name("N6_m32/ours");
BENCHMARK(bisected_32)->Name("N6_m32/peer");
BENCHMARK(split_1000)->Name("N6_m1000/ours");
BENCHMARK(bisected_1000)->Name("N6_m1000/peer");
BENCHMARK(query_ours)->Name("N6_supply_curve_query/ours");
BENCHMARK(query_peer)->Name("N6_supply_curve_query/peer");
BENCHMARK(build_ours)->Name("N6_supply_curve_build/ours");
BENCHMARK(activation_10)->Name("N7_m10/ours");
BENCHMARK(every_set_10)->Name("N7_m10/peer");
BENCHMARK(activation_100)->Name("N7_m100/ours");
BENCHMARK(greedy_100)->Name("N7_m100/peer");
BENCHMARK(split_16)->Name("N10_grid256/ours");
BENCHMARK(grid_peer)->Name("N10_grid256/peer");

#ifdef TRIMTAB_BENCH_NLOPT
// Within what SLSQP reaches; it stops a little short.
void slsqp_16(benchmark::State& state) {
  split_peer(state, 16, slsqp, 1e-6);
}
BENCHMARK(slsqp_16)->Name("N6_m16/peer");
#endif

}  // namespace
