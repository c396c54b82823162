// SPDX-License-Identifier: MIT
// remedy_swap_collateral: from the problem to the certified swap; the peer is Boost's toms748 on the same equation, the
// size alone. remedy_cheapest: a sale, a repayment, a top-up, a swap and a closing, and the cheapest of them; the peer
// is toms748 for the sale and the swap and arithmetic for the rest, no limits. funding_choice: no loan and eight
// lenders of debt and of collateral; the peer is toms748 for each. waiting_risk: the probability of a liquidation
// before inclusion, one block in twenty; the peer adds up the blocks until nothing changes.
#include <benchmark/benchmark.h>
#include <boost/math/tools/toms748_solve.hpp>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/cheapest_remedy.hpp>
#include <trimtab/sizing/choose_funding.hpp>
#include <trimtab/sizing/close_position.hpp>
#include <trimtab/sizing/inclusion_delay.hpp>
#include <trimtab/sizing/repay_from_wallet.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/swap_collateral.hpp>
#include <trimtab/sizing/top_up.hpp>

#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using sizing::funding_mode;
using sizing::remedy;

constexpr std::size_t count = 256;
constexpr asset_id weth{1}, usd{2}, steth{3};

struct vault {
  std::array<double, 3> price{};
  constant_product sells{}, swaps{};
  double wallet = 0.0, reserve = 0.0;
  sizing::problem<constant_product> sale{}, swap{};
};

struct inputs {
  std::vector<vault> all = std::vector<vault>(count);
  std::array<sizing::flash_balance, 2> stock{sizing::flash_balance{usd, 1e12}, sizing::flash_balance{weth, 1e12}};
  std::array<sizing::flash_source, 8> lenders{};
  inputs() {
    std::mt19937_64 engine(6);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    for (std::size_t i = 0; i < lenders.size(); ++i)
      lenders[i] = {.where = static_cast<sizing::place>(i + 1), .premium = {between(0.0, 10.0)}, .balances = stock};
    for (vault& v : all) {
      v.price = {between(1500.0, 4000.0), 1.0, 0.0};
      v.price[2] = v.price[0] * between(1.1, 1.2);
      const double held = between(10.0, 1000.0), owed = held * v.price[0] * 0.8 / between(1.11, 1.15);
      const double deep = held * between(100.0, 1000.0);
      v.sells = {.reserve_in = deep, .reserve_out = deep * v.price[0], .fee = {5.0}};
      v.swaps = {.reserve_in = deep, .reserve_out = deep * v.price[0] / v.price[2], .fee = {5.0}};
      v.wallet = owed, v.reserve = held;
      auto& p = v.sale;
      for (const auto& [asset, amount, weight, slot] :
           {std::tuple{weth, held, 0.8, price_slot{0}}, std::tuple{steth, 0.0, 0.9, price_slot{2}}}) {
        static_cast<void>(p.liquidation.collateral.add({amount, weight, slot, asset}));
        static_cast<void>(p.borrow.collateral.add({amount, weight - 0.03, slot, asset}));
      }
      static_cast<void>(p.liquidation.debt.add({owed, 1.0, price_slot{1}, usd}));
      static_cast<void>(p.borrow.debt.add({owed, 1.0, price_slot{1}, usd}));
      p.prices = oracle_prices<double>{v.price};
      p.collateral = weth, p.debt = usd;
      p.venue = &v.sells;
      p.funding = {funding_mode::flash_collateral, {5.0}};
      p.fair_rate = v.price[0];
      p.target = 1.2;
      v.swap = p;
      v.swap.venue = &v.swaps;
    }
  }
  static const inputs& get() {
    static const inputs loaded;
    return loaded;
  }
};

sizing::swap_collateral swap_of(const vault& v) {
  return {.into = steth, .fair_rate = v.price[0] / v.price[2]};
}

// φ(x) = gain·y(x) − give·x − deficit between 0 and its maximum, which is above zero in all of these.
double plain_root(const constant_product& pool, double gain, double give, double deficit) {
  const double a = pool.depth(), most = std::sqrt(gain * pool.reserve_out * a / give) - a;
  const auto phi = [&](double x) { return gain * pool.reserve_out * x / (a + x) - give * x - deficit; };
  std::uintmax_t steps = 100;
  const auto root =
      boost::math::tools::toms748_solve(phi, 0.0, most, boost::math::tools::eps_tolerance<double>(52), steps);
  return 0.5 * (root.first + root.second);
}
double plain_swap(const vault& v) {
  const auto &c = v.swap.liquidation.collateral, &d = v.swap.liquidation.debt;
  return plain_root(v.swaps, c[1].weight * v.price[2], c[0].weight * v.price[0] * (1.0 + 5e-4),
                    1.2 * d[0].amount - c[0].weight * c[0].amount * v.price[0]);
}
double plain_sale(const vault& v, double premium) {
  const auto &c = v.sale.liquidation.collateral, &d = v.sale.liquidation.debt;
  return plain_root(v.sells, 1.2, c[0].weight * v.price[0] * (1.0 + premium),
                    1.2 * d[0].amount - c[0].weight * c[0].amount * v.price[0]);
}

std::array<remedy, 5> remedies(const vault& v) {
  return {as_remedy(sizing::restore_target{}.size(v.sale), v.sale.borrow, v.sale.prices),
          sizing::repay_from_wallet{v.wallet}.size(v.sale), sizing::top_up{v.reserve}.size(v.sale),
          swap_of(v).size(v.swap), sizing::close_position{}.size(v.sale)};
}
double plain_cheapest(const vault& v) {
  const auto &c = v.sale.liquidation.collateral[0], &d = v.sale.liquidation.debt[0];
  const double lacking = 1.2 * d.amount - c.weight * c.amount * v.price[0];
  const double sale = plain_sale(v, 5e-4), swap = plain_swap(v);
  const double costs[] = {sale * v.price[0] * (1.0 + 5e-4) - v.sells.amount_out(sale), lacking / 1.2 * 0.05,
                          lacking / c.weight * 0.05,
                          swap * v.price[0] * (1.0 + 5e-4) - v.swaps.amount_out(swap) * v.price[2],
                          v.sells.amount_in(d.amount) * v.price[0] * (1.0 + 5e-4) - d.amount};
  double least = costs[0];
  for (const double cost : costs) least = std::fmin(least, cost);
  return least;
}

bool sound() {
  for (const vault& v : inputs::get().all) {
    const auto all = remedies(v);
    for (const remedy& r : all)
      if (!r.has_value()) return false;
    const auto choice = sizing::cheapest_remedy(std::span<const remedy>(all), 1.2, {0.05, 1.0});
    if (std::fabs(all[3].amount / plain_swap(v) - 1.0) > 1e-9) return false;
    if (std::fabs(all[0].amount / plain_sale(v, 5e-4) - 1.0) > 1e-9) return false;
    if (std::fabs(choice.total_cost / plain_cheapest(v) - 1.0) > 1e-6) return false;
  }
  return true;
}

template <class F>
void over_all(benchmark::State& state, F&& one) {
  static const bool agree = sound();
  if (!agree) return state.SkipWithError("ours and the peer differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(one(inputs::get().all[i++ % count]));
}

void swap_ours(benchmark::State& state) {
  over_all(state, [](const vault& v) { return swap_of(v).size(v.swap); });
}
void swap_peer(benchmark::State& state) {
  over_all(state, plain_swap);
}
void cheapest_ours(benchmark::State& state) {
  over_all(state, [](const vault& v) {
    const auto all = remedies(v);
    return sizing::cheapest_remedy(std::span<const remedy>(all), 1.2, {0.05, 1.0});
  });
}
void cheapest_peer(benchmark::State& state) {
  over_all(state, plain_cheapest);
}
void funding_ours(benchmark::State& state) {
  over_all(state, [](const vault& v) {
    return sizing::choose_funding(sizing::restore_target{}, v.sale, inputs::get().lenders, {});
  });
}
void funding_peer(benchmark::State& state) {
  over_all(state, [](const vault& v) {
    double least = plain_sale(v, 0.0);
    for (const auto& lender : inputs::get().lenders)
      for (int mode = 0; mode < 2; ++mode) least = std::fmin(least, plain_sale(v, lender.premium.fraction()));
    return least;
  });
}

constexpr forecast::motion health{.drift = -0.1, .volatility = 0.9};
constexpr sizing::inclusion_delay one_in_twenty{.per_block = 0.05};
double block_by_block(double x) {
  double sum = 0.0, left = 1.0, before = -1.0;
  for (int k = 1; sum != before || sum == 0.0; ++k) {
    before = sum;
    sum += left * 0.05 * forecast::liquidation_probability(health, x, one_in_twenty.block_years * k);
    left *= 0.95;
  }
  return sum;
}
double log_health_of(const vault& v) {
  return 0.002 + 1e-6 * v.price[0];
}
void waiting_ours(benchmark::State& state) {
  over_all(state, [](const vault& v) {
    return liquidated_while_waiting(health, log_health_of(v), one_in_twenty, 7.0 / 365.0);
  });
}
void waiting_peer(benchmark::State& state) {
  for (const vault& v : inputs::get().all) {
    const double x = log_health_of(v), sum = block_by_block(x);
    if (std::fabs(liquidated_while_waiting(health, x, one_in_twenty, 7.0 / 365.0).value / sum - 1.0) > 1e-8)
      return state.SkipWithError("the sums differ");
  }
  over_all(state, [](const vault& v) { return block_by_block(log_health_of(v)); });
}

BENCHMARK(swap_ours)->Name("remedy_swap_collateral/ours");
BENCHMARK(swap_peer)->Name("remedy_swap_collateral/peer");
BENCHMARK(cheapest_ours)->Name("remedy_cheapest/ours");
BENCHMARK(cheapest_peer)->Name("remedy_cheapest/peer");
BENCHMARK(funding_ours)->Name("funding_choice/ours");
BENCHMARK(funding_peer)->Name("funding_choice/peer");
BENCHMARK(waiting_ours)->Name("waiting_risk/ours");
BENCHMARK(waiting_peer)->Name("waiting_risk/peer");

}  // namespace
