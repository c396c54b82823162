// SPDX-License-Identifier: MIT
// N9: a basket of 3 or 8 collaterals, each sold through 4 constant-product pools, one debt in the numeraire. Ours
// builds the aggregate of each collateral's pools and sizes the basket, certificate included; N9_*_built sizes it over
// aggregates that are already there. The peer is NLopt's SLSQP on the amounts into every pool, same objective, same
// constraint.
#include <benchmark/benchmark.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/basket.hpp>

#include <array>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

#ifdef TRIMTAB_BENCH_NLOPT
#include <nlopt.hpp>
#endif

namespace {

using namespace trimtab;
using liquidity::constant_product;
using liquidity::supply_curve;
constexpr std::size_t how_many = 64, pools = 4;

template <std::size_t N>
struct world {
  std::array<double, N + 1> prices{};
  std::array<std::array<constant_product, pools>, N> venues{};
  std::array<liquidity::supply_room<pools>, N> room{};
  std::array<supply_curve, N> curves{};
  std::array<sizing::basket_leg<supply_curve>, N> sells{};
  std::array<sizing::basket_leg<supply_curve>, 1> buys{};
  sizing::basket_problem<supply_curve, N> problem{};

  void build() {
    for (std::size_t i = 0; i < N; ++i)
      curves[i] = liquidity::build_supply_curve<constant_product>(venues[i], room[i].memory()).value();
  }
  explicit world(std::mt19937_64& engine) {
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    double weighted = 0.0;
    for (std::size_t i = 0; i < N; ++i) {
      prices[i] = std::exp(between(std::log(0.1), std::log(5e4)));
      const double value = std::exp(between(std::log(1e5), std::log(2e6))), weight = between(0.6, 0.9);
      for (constant_product& pool : venues[i]) {
        const double depth = value * std::exp(between(-0.5, 3.0));
        pool = {
            .reserve_in = depth / prices[i], .reserve_out = depth * between(0.99, 1.0), .fee = {between(1.0, 30.0)}};
      }
      (void)problem.liquidation.collateral.add(
          {value / prices[i], weight, {static_cast<std::uint16_t>(i)}, {static_cast<std::uint32_t>(i)}});
      sells[i] = {.asset = {static_cast<std::uint32_t>(i)}, .venue = &curves[i]};
      weighted += value * weight;
    }
    prices[N] = 1.0;
    (void)problem.liquidation.debt.add({weighted / 1.1, 1.0, {N}, {N}});
    buys[0] = {.asset = {N}};
    problem.prices = oracle_prices<double>(prices);
    problem.sells = sells;
    problem.buys = buys;
    problem.target = 1.3;
    build();
  }
};

#ifdef TRIMTAB_BENCH_NLOPT
// The program as a user of NLopt writes it: shares of each collateral into each pool, cost and health in units of debt.
template <std::size_t N>
struct peer_program {
  const world<N>& w;
  double debt = w.problem.liquidation.debt[0].amount, kept = 1.0 / (1.0 + w.problem.funding.premium.fraction());

  template <int what>
  static double evaluate(unsigned n, const double* x, double* gradient, void* data) {
    const auto& q = *static_cast<const peer_program*>(data);
    const auto& p = q.w.problem;
    double value = 0.0;
    if (what == 1) {
      value = p.target * q.debt;
      for (std::size_t i = 0; i < N; ++i) {
        const auto& t = p.liquidation.collateral[i];
        value -= t.weight * t.amount * q.w.prices[i];
      }
    }
    for (unsigned k = 0; k < n; ++k) {
      const auto& t = p.liquidation.collateral[k / pools];
      const double price = q.w.prices[k / pools], in = x[k] * t.amount;
      const constant_product& pool = q.w.venues[k / pools][k % pools];
      const double given = what == 0 ? price : t.weight * price, counts = (what == 0 ? 1.0 : p.target) * q.kept;
      value += given * in - counts * pool.amount_out(in);
      if (gradient != nullptr) gradient[k] = (given - counts * pool.marginal_price(in).value) * t.amount / q.debt;
    }
    return value / q.debt;
  }
  static void all_sold(unsigned m, double* result, unsigned n, const double* x, double* gradient, void*) {
    for (unsigned i = 0; i < m; ++i) {
      result[i] = -1.0;
      for (unsigned k = 0; k < n; ++k) {
        if (k / pools == i) result[i] += x[k];
        if (gradient != nullptr) gradient[i * n + k] = k / pools == i ? 1.0 : 0.0;
      }
    }
  }
  /// Cost in base currency; infinite when it fails.
  double solve() {
    nlopt::opt solver(nlopt::LD_SLSQP, N * pools);
    solver.set_lower_bounds(0.0);
    solver.set_upper_bounds(1.0);
    solver.set_min_objective(evaluate<0>, this);
    solver.add_inequality_constraint(evaluate<1>, this, 1e-12);
    solver.add_inequality_mconstraint(all_sold, this, std::vector<double>(N, 1e-12));
    solver.set_ftol_rel(1e-13);
    solver.set_maxeval(1000);
    std::vector<double> x(N * pools, 0.01);
    double cost = 0.0;
    try {
      return solver.optimize(x, cost) > 0 ? cost * debt : infinity;
    } catch (const std::exception&) {
      return infinity;
    }
  }
};
#endif

template <std::size_t N>
struct inputs {
  std::vector<std::unique_ptr<world<N>>> all;
  bool sound = true;
  int agree = 0;
  inputs() {
    std::mt19937_64 engine(1998);
    while (all.size() < how_many) {
      auto w = std::make_unique<world<N>>(engine);
      const auto a = sizing::basket{}.size(w->problem);
      if (!a.has_value()) continue;
#ifdef TRIMTAB_BENCH_NLOPT
      if (all.size() < 16) {
        const double peer = peer_program<N>{*w}.solve();
        sound = sound && a.cost.total() <= peer + 1e-10 * w->problem.liquidation.debt[0].amount;
        agree += std::fabs(a.cost.total() - peer) <= 1e-9 * w->problem.liquidation.debt[0].amount ? 1 : 0;
      }
#endif
      all.push_back(std::move(w));
    }
#ifdef TRIMTAB_BENCH_NLOPT
    sound = sound && agree >= 12;  // the others stop early
#endif
  }
  static inputs& get() {
    static inputs cases;
    return cases;
  }
};

template <std::size_t N, bool build>
void ours(benchmark::State& state) {
  if (!inputs<N>::get().sound) return state.SkipWithError("the costs differ");
  std::size_t i = 0;
  for (auto _ : state) {
    world<N>& w = *inputs<N>::get().all[i++ % how_many];
    if (build) w.build();
    benchmark::DoNotOptimize(sizing::basket{}.size(w.problem));
  }
}
BENCHMARK(ours<3, true>)->Name("N9_3x4/ours");
BENCHMARK(ours<3, false>)->Name("N9_3x4_built/ours");
BENCHMARK(ours<8, true>)->Name("N9_8x4/ours");
BENCHMARK(ours<8, false>)->Name("N9_8x4_built/ours");

#ifdef TRIMTAB_BENCH_NLOPT
template <std::size_t N>
void peer(benchmark::State& state) {
  if (!inputs<N>::get().sound) return state.SkipWithError("the costs differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(peer_program<N>{*inputs<N>::get().all[i++ % how_many]}.solve());
}
BENCHMARK(peer<3>)->Name("N9_3x4/peer");
BENCHMARK(peer<3>)->Name("N9_3x4_built/peer");
BENCHMARK(peer<8>)->Name("N9_8x4/peer");
BENCHMARK(peer<8>)->Name("N9_8x4_built/peer");
#endif

}  // namespace
