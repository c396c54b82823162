// SPDX-License-Identifier: MIT
// One-pair sizing, from the sizing problem to the root of the health equation and its verdict.
// N3: one constant-product pool; the peers are toms748 on the same equation and NLopt's COBYLA on "sell the least such
// that the equation holds". N4: an aggregate curve of a pool with 256 ticks, a weighted pool and a book of 40 levels.
// N4_weighted, N4_ticks: a curve that is not given in pieces. N12: 100 000 accounts on one shared aggregate curve.
// The peer of N4 and N12 is toms748 on the same curve; the counters say how often each asked it.
#include <benchmark/benchmark.h>

#include <trimtab/liquidity/concentrated.hpp>
#include <trimtab/liquidity/weighted.hpp>

#include "plain.hpp"

#ifdef TRIMTAB_BENCH_NLOPT
#include <nlopt.hpp>
#endif

namespace {

using namespace bench;
using sizing::size_root;

constexpr sizing::restore_target sizer{.max_slippage = 1000_bps};

// The equation φ as a keeper would write it down, for any venue.
template <class V>
struct equation {
  const V* venue = nullptr;
  double collateral = 0.0, debt = 0.0, price = 0.0, debt_price = 0.0, target = 0.0, kept = 0.0, held = 0.0;

  explicit equation(const sizing::problem<V>& p) : venue(p.venue), target(p.target) {
    for (const auto& t : p.liquidation.collateral) collateral += t.weight * t.amount * p.prices[t.slot].value;
    for (const auto& t : p.liquidation.debt) debt += t.weight * t.amount * p.prices[t.slot].value;
    const auto &c = *p.liquidation.collateral.find(p.collateral), &d = *p.liquidation.debt.find(p.debt);
    const double f = p.funding.premium.fraction();
    price = c.weight * p.prices[c.slot].value, debt_price = d.weight * p.prices[d.slot].value, held = c.amount;
    kept = f * p.fair_rate * 0.9 / (1.0 + f);
  }
  double operator()(double x) const {
    return collateral - price * x - target * (debt - debt_price * (venue->amount_out(x) - kept * x));
  }
};

// The least root below `top`, where the equation holds; how often the curve was asked.
template <class V>
double toms748(const equation<V>& phi, double top, int& asked) {
  std::uintmax_t iterations = 100;
  const auto counted = [&](double x) { return ++asked, phi(x); };
  if (counted(top) < 0.0) return 0.0;
  const auto bracket =
      boost::math::tools::toms748_solve(counted, 0.0, top, boost::math::tools::eps_tolerance<double>(50), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

template <class V>
sizing::problem<V> problem_of(const world& w, const V& venue) {
  sizing::problem<V> p;
  p.liquidation = keeper.model.liquidation_form<double>(w.holdings);
  p.borrow = keeper.model.borrow_form<double>(w.holdings);
  p.prices = oracle_prices<double>{w.price};
  p.collateral = {1};
  p.debt = {3};
  p.venue = &venue;
  p.fair_rate = w.price[0] / w.price[2];
  p.target = bonus_free_target;
  return p;
}

// --- N3

const std::vector<world>& pools() {
  static const std::vector<world> all = worlds(1.02, 1.2);
  return all;
}
const std::vector<sizing::problem<pool>>& pool_problems() {
  static const auto all = [] {
    std::vector<sizing::problem<pool>> out;
    for (const world& w : pools()) out.push_back(problem_of(w, w.venue));
    return out;
  }();
  return all;
}

#ifdef TRIMTAB_BENCH_NLOPT
double cobyla(const equation<pool>& phi) {
  nlopt::opt solver(nlopt::LN_COBYLA, 1);
  struct context {
    const equation<pool>* phi;
    double scale;
  } c{&phi, phi.held};
  solver.set_min_objective([](unsigned, const double* x, double*, void*) { return x[0]; }, nullptr);
  solver.add_inequality_constraint(
      [](unsigned, const double* x, double*, void* data) {
        const auto& at = *static_cast<const context*>(data);
        return -(*at.phi)(x[0] * at.scale) / at.phi->debt;
      },
      &c, 1e-14);
  solver.set_lower_bounds(0.0);
  solver.set_upper_bounds(1.0);
  solver.set_xtol_rel(1e-12);
  solver.set_maxeval(500);
  std::vector<double> x{0.3};
  double least = 0.0;
  solver.optimize(x, least);
  return x[0] * phi.held;
}
#endif

bool pools_agree() {
  static const bool agree = [] {
    bool sound = true;
    for (const auto& p : pool_problems()) {
      int asked = 0;
      const size_root ours = sizer.root(p);
      sound = sound && ours.what == size_root::verdict::reached &&
              std::fabs(ours.x / toms748(equation(p), equation(p).held, asked) - 1.0) < 1e-9;
#ifdef TRIMTAB_BENCH_NLOPT
      sound = sound && std::fabs(ours.x / cobyla(equation(p)) - 1.0) < 1e-6;
#endif
    }
    return sound;
  }();
  return agree;
}

void pool_ours(benchmark::State& state) {
  if (!pools_agree()) return state.SkipWithError("the sizes differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(sizer.root(pool_problems()[i++ % how_many]));
}
void pool_peer(benchmark::State& state) {
  if (!pools_agree()) return state.SkipWithError("the sizes differ");
  std::size_t i = 0;
  int asked = 0;
  for (auto _ : state) {
    const equation phi(pool_problems()[i++ % how_many]);
    benchmark::DoNotOptimize(toms748(phi, phi.held, asked));
  }
}
BENCHMARK(pool_ours)->Name("N3/ours");
BENCHMARK(pool_peer)->Name("N3/peer");
#ifdef TRIMTAB_BENCH_NLOPT
void pool_nlopt(benchmark::State& state) {
  if (!pools_agree()) return state.SkipWithError("the sizes differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(cobyla(equation(pool_problems()[i++ % how_many])));
}
BENCHMARK(pool_ours)->Name("N3_nlopt/ours");
BENCHMARK(pool_nlopt)->Name("N3_nlopt/peer");
#endif

// --- N4: accounts that all sell at 2500 into the same venues

constexpr double fair = 2500.0;
constexpr std::size_t tick_count = 256, level_count = 40;

struct market {
  std::vector<world> all = worlds(1.02, 1.2);
  std::vector<liquidity::tick_node> nodes = std::vector<liquidity::tick_node>(tick_count);
  liquidity::concentrated ticks{};
  liquidity::weighted bent{};
  liquidity::supply_room<512> room{};
  liquidity::supply_curve curve{};
  std::vector<sizing::problem<liquidity::concentrated>> by_ticks;
  std::vector<sizing::problem<liquidity::weighted>> by_weighted;
  std::vector<sizing::problem<liquidity::supply_curve>> by_curve;
  bool sound = true;

  market() {
    for (world& w : all) {
      const double scale = fair / w.price[0];
      for (std::size_t i : {std::size_t{1}, std::size_t{3}}) w.price[i] *= scale;
      w.price[0] = fair, w.price[2] = 1.0;
      // As healthy as before: the debt follows the collateral.
      w.holdings[2].debt = w.holdings[2].debt * scale;
    }
    std::mt19937_64 engine(20210505);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    // Positions of all widths around the price, an end of each at its own tick.
    std::vector<liquidity::initialised_tick> at;
    const int middle = static_cast<int>(std::log(fair) / std::log(1.0001));
    for (int i = 0; i < static_cast<int>(tick_count / 2); ++i) {
      const double size = between(0.2, 1.0) * 3e4;
      at.push_back({middle - 40 * (i + 1), size});
      at.push_back({middle + 40 * (i + 1), -size});
    }
    std::sort(at.begin(), at.end(), [](const auto& a, const auto& b) { return a.tick < b.tick; });
    const auto table = liquidity::build_tick_table(at, nodes);
    sound = table.has_value();
    ticks = {.ticks = *table, .sqrt_price = std::sqrt(fair * 1.0005), .fee = {5.0}};
    bent = {.balance_in = 2e4, .balance_out = 5e6 * 1.003, .weight_in = 0.8, .weight_out = 0.2 * 0.998, .fee = {10.0}};
    bent.balance_out = bent.balance_in * fair * bent.weight_out / bent.weight_in * 1.003;
    liquidity::supply_builder builder(room.memory());
    sound = sound && builder.add(ticks) == errc::ok && builder.add(bent) == errc::ok;
    for (std::size_t i = 0; i < level_count; ++i) {
      const liquidity::constant_price level{.price = fair * (1.0 - 0.0005 * static_cast<double>(i + 1)),
                                            .cap = between(1.0, 20.0)};
      sound = sound && builder.add(level) == errc::ok;
    }
    const auto built = builder.build();
    sound = sound && built.has_value();
    curve = *built;
    for (const world& w : all) {
      by_ticks.push_back(problem_of(w, ticks));
      by_weighted.push_back(problem_of(w, bent));
      by_curve.push_back(problem_of(w, curve));
    }
    agree(by_ticks), agree(by_weighted), agree(by_curve);
  }
  template <class V>
  void agree(const std::vector<sizing::problem<V>>& problems) {
    int asked = 0;
    for (const auto& p : problems) {
      const size_root ours = sizer.root(p);
      const equation phi(p);
      const double top =
          p.venue->amount_at(executable_price<double>{phi.price / (phi.target * phi.debt_price) + phi.kept});
      const double theirs = toms748(phi, top, asked);
      const bool reached = ours.what == size_root::verdict::reached;
      sound = sound && reached == (theirs > 0.0) && (!reached || std::fabs(ours.x / theirs - 1.0) < 1e-8);
    }
  }
};
const market& shared() {
  static const market all;
  return all;
}

template <auto problems>
void venue_ours(benchmark::State& state) {
  if (!shared().sound) return state.SkipWithError("the sizes differ");
  std::size_t i = 0;
  long asked = 0;
  for (auto _ : state) {
    const size_root root = sizer.root((shared().*problems)[i++ % how_many]);
    benchmark::DoNotOptimize(root);
    asked += root.evaluations;
  }
  state.counters["evaluations"] = static_cast<double>(asked) / static_cast<double>(i);
}
template <auto problems>
void venue_peer(benchmark::State& state) {
  if (!shared().sound) return state.SkipWithError("the sizes differ");
  std::size_t i = 0;
  int asked = 0;
  for (auto _ : state) {
    const auto& p = (shared().*problems)[i++ % how_many];
    const equation phi(p);
    const double top =
        p.venue->amount_at(executable_price<double>{phi.price / (phi.target * phi.debt_price) + phi.kept});
    benchmark::DoNotOptimize(toms748(phi, top, asked));
  }
  state.counters["evaluations"] = static_cast<double>(asked) / static_cast<double>(i);
}
BENCHMARK(venue_ours<&market::by_curve>)->Name("N4/ours");
BENCHMARK(venue_peer<&market::by_curve>)->Name("N4/peer");
BENCHMARK(venue_ours<&market::by_ticks>)->Name("N4_ticks/ours");
BENCHMARK(venue_peer<&market::by_ticks>)->Name("N4_ticks/peer");
BENCHMARK(venue_ours<&market::by_weighted>)->Name("N4_weighted/ours");
BENCHMARK(venue_peer<&market::by_weighted>)->Name("N4_weighted/peer");

// --- N12: an account is its two weighted values; what each unit gives and gains is the same for all

struct many {
  struct account {
    double collateral, debt;
  };
  std::vector<account> accounts = std::vector<account>(100'000);
  double gain = 0.0, give = 0.0;
  many() {
    std::mt19937_64 engine(20220612);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    const auto& p = shared().by_curve[0];
    const equation phi(p);
    gain = phi.target * phi.debt_price, give = phi.price + gain * phi.kept;
    for (account& a : accounts) {
      a.collateral = std::exp(between(std::log(1e3), std::log(1e7)));
      a.debt = a.collateral / between(1.02, 1.24);
    }
  }
};
const many& crowd() {
  static const many all;
  return all;
}
void crowd_ours(benchmark::State& state) {
  const many& all = crowd();
  std::vector<double> size(all.accounts.size());
  for (auto _ : state) {
    const sizing::curve<liquidity::supply_curve> curve(shared().curve);
    for (std::size_t i = 0; i < size.size(); ++i) {
      const auto& a = all.accounts[i];
      const size_root root =
          solve(sizing::size_equation{all.gain, all.give, bonus_free_target * a.debt - a.collateral}, curve, infinity);
      size[i] = root.what == size_root::verdict::reached ? root.x : 0.0;
    }
    benchmark::DoNotOptimize(size.data());
  }
}
void crowd_peer(benchmark::State& state) {
  const many& all = crowd();
  std::vector<double> size(all.accounts.size());
  for (auto _ : state) {
    const liquidity::supply_curve& curve = shared().curve;
    const double top = curve.amount_at({all.give / all.gain}), most = all.gain * curve.amount_out(top) - all.give * top;
    for (std::size_t i = 0; i < size.size(); ++i) {
      const auto& a = all.accounts[i];
      const double deficit = bonus_free_target * a.debt - a.collateral;
      size[i] = 0.0;
      if (most < deficit) continue;
      std::uintmax_t iterations = 100;
      const auto bracket = boost::math::tools::toms748_solve(
          [&](double x) { return all.gain * curve.amount_out(x) - all.give * x - deficit; }, 0.0, top, -deficit,
          most - deficit, boost::math::tools::eps_tolerance<double>(50), iterations);
      size[i] = 0.5 * (bracket.first + bracket.second);
    }
    benchmark::DoNotOptimize(size.data());
  }
}
BENCHMARK(crowd_ours)->Name("N12/ours")->Unit(benchmark::kMillisecond);
BENCHMARK(crowd_peer)->Name("N12/peer")->Unit(benchmark::kMillisecond);

}  // namespace
