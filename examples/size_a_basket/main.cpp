// SPDX-License-Identifier: MIT
// size_a_basket: an account of three collaterals and two debts has fallen too low. What is the cheapest to sell, which
// debt to repay, through which pools, and where does one land who sizes at the oracle's price instead?
//
//     size_a_basket [--target 1.25] [--ether 1850] [--premium 5] [--gas-price 20]     (--help lists all)
#include <cxxopts.hpp>
#include <fmt/core.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/concentrated.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/stable_swap.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/sizing/basket.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string_view>

namespace {

using namespace trimtab;
using namespace trimtab::liquidity;

// Assets and their price slots; the dollar coin is the numeraire that all is sold for.
enum : std::uint16_t { ether, bitcoin, chainlink, dollar, dai, assets };
constexpr std::array<std::string_view, assets> names{"WETH", "WBTC", "LINK", "USDC", "DAI"};

using single = any_venue<constant_product, constant_price, weighted, concentrated, stable_swap>;
using pooled = any_venue<weighted, stable_swap, supply_curve>;
constexpr std::array<std::string_view, 5> kinds{"constant product", "capped quote", "weighted", "concentrated",
                                                "stable swap"};

template <class T>
T must(const result<T>& r, const char* what) {
  if (!r) throw std::runtime_error(fmt::format("{}: {}", what, name(r.error())));
  return *r;
}

/// Six pools of five kinds, and what the basket sees of them: one curve for each asset.
struct market {
  std::array<tick_node, 4> ticks{};
  std::array<single, 6> pools{};
  std::array<std::uint16_t, 6> asset{ether, ether, bitcoin, chainlink, chainlink, dai};
  supply_room<64> ether_room{}, link_room{};
  std::array<pooled, 4> curves{};  // ether, bitcoin, chainlink, dai

  explicit market(double ether_price) {
    // Positions of 70 000 units of liquidity around the price, 100 000 more near it. Ticks count powers of 1.0001.
    const auto tick = [&](double factor) {
      return tick_at_sqrt_price(doubled<double>(std::sqrt(ether_price * factor)));
    };
    const std::array<initialised_tick, 4> positions{
        {{tick(0.7), 70'000.0}, {tick(0.96), 100'000.0}, {tick(1.04), -100'000.0}, {tick(1.4), -70'000.0}}};
    pools = {
        concentrated{.ticks = must(build_tick_table(positions, ticks), "ticks"),
                     .sqrt_price = doubled<double>(std::sqrt(ether_price)),
                     .fee = {5.0},
                     .gas_units = 130'000.0,
                     .gas_per_tick = 25'000.0},
        constant_product{
            .reserve_in = 4'000.0, .reserve_out = 4'000.0 * ether_price, .fee = {30.0}, .gas_units = 110'000.0},
        weighted{.balance_in = 120.0,
                 .balance_out = 120.0 * 61'000.0 / 4.0,
                 .weight_in = 0.8,
                 .weight_out = 0.2,
                 .fee = {10.0},
                 .gas_units = 140'000.0},
        constant_product{
            .reserve_in = 250'000.0, .reserve_out = 250'000.0 * 14.0, .fee = {30.0}, .gas_units = 110'000.0},
        constant_price{.price = 13.93, .cap = 12'000.0, .gas_units = 90'000.0},
        must(stable_swap::of(
                 {.coins = 2, .balances = {20e6, 19e6}, .amplification = 400.0, .fee = {1.0}, .gas_units = 120'000.0},
                 0, 1),
             "stable swap")};
    const std::span<const single> all(pools);
    curves = {
        must(build_supply_curve(all.subspan(0, 2), ether_room.memory()), "WETH"), std::get<weighted>(pools[2].kind),
        must(build_supply_curve(all.subspan(3, 2), link_room.memory()), "LINK"), std::get<stable_swap>(pools[5].kind)};
  }
};

using problem = sizing::basket_problem<pooled>;
using legs = std::array<sizing::basket_leg<pooled>, 3>;

/// Health after the share `s` of every collateral is sold and what it brings repays both debts in proportion, and what
/// that costs.
struct pro_rata {
  double health = 0.0, cost = 0.0, sold = 0.0;
};
pro_rata sell_everything_in_proportion(const problem& p, double s) {
  form<double, 8> after = p.liquidation;
  pro_rata r;
  double proceeds = 0.0, owed = 0.0;
  for (const auto& leg : p.sells) {
    auto& t = *after.collateral.find(leg.asset);
    const double x = s * t.amount;
    proceeds += leg.venue->amount_out(x);
    r.sold += x * p.prices[t.slot].value;
    t.amount -= x;
  }
  const double spent = proceeds / (1.0 + p.funding.premium.fraction());
  for (const auto& t : p.liquidation.debt) owed += t.amount * p.prices[t.slot].value;
  double repaid = 0.0;
  for (const auto& leg : p.buys) {
    auto& t = *after.debt.find(leg.asset);
    const double z = spent * t.amount * p.prices[t.slot].value / owed;
    const double q = smaller(t.amount, leg.venue == nullptr ? z : leg.venue->amount_out(z));
    repaid += q * p.prices[t.slot].value;
    t.amount -= q;
  }
  r.cost = r.sold - repaid;
  r.health = health_factor(after, p.prices);
  return r;
}

void print(const char* verb, std::span<const sizing::basket_trade> trades, std::size_t count, std::uint16_t into) {
  for (const auto& t : trades.first(count)) {
    if (!(t.in > 0.0)) {
      fmt::print("  {:<5} {:>14} {:<5} {:>38.6g} {:>13.6g} {:>10}   {}\n", verb, "none", names[t.asset.value],
                 t.price_before, t.price_limit, "", name(t.binding));
      continue;
    }
    const bool sale = into == dollar;
    fmt::print("  {:<5} {:>14.6f} {:<5} {:>15.2f} {:<5} {:>8.6g} > {:<8.6g} {:>10.6g} {:>10.2f}   {}\n", verb,
               sale ? t.in : t.out, names[t.asset.value], sale ? t.out : t.in, names[dollar], t.price_before,
               t.price_after, t.price_limit, t.cost, name(t.binding));
  }
}

cxxopts::Options options() {
  cxxopts::Options o("size_a_basket", "The cheapest way to bring the health of a basket back to its target.\n");
  const auto number = [](const char* text) { return cxxopts::value<double>()->default_value(text); };
  o.add_options()("target", "health wanted", number("1.25"), "H")(
      "ether", "price of WETH, dollars", number("1850"), "P")("premium", "of the flash loan, bp", number("5"), "BP")(
      "gas-price", "gwei; a native token is a WETH", number("20"), "G")("one-collateral", "sell a single collateral")(
      "one-debt", "repay a single debt")("help", "this text");
  return o;
}

}  // namespace

int main(int argc, char** argv) try {
  auto o = options();
  const auto given = o.parse(argc, argv);
  if (given.count("help") != 0) {
    fmt::print("{}", o.help());
    return 0;
  }
  const auto number = [&](const char* option) { return given[option].as<double>(); };
  const double price = number("ether");
  if (!(price >= 1.0 && price <= 1e6)) throw std::runtime_error("--ether must be from 1 to 1000000");

  const std::array<double, assets> prices{price, 61'000.0, 14.0, 1.0, 0.9996};
  const market m(price);
  problem p;
  struct holding_of {
    std::uint16_t asset;
    double amount, weight;
  };
  for (const auto& [asset, amount, weight] :
       {holding_of{ether, 900.0, 0.83}, {bitcoin, 16.0, 0.78}, {chainlink, 45'000.0, 0.68}})
    (void)p.liquidation.collateral.add({amount, weight, {asset}, {asset}});
  for (const auto& [asset, amount, weight] : {holding_of{dollar, 1'350'000.0, 1.0}, {dai, 950'000.0, 1.0}})
    (void)p.liquidation.debt.add({amount, weight, {asset}, {asset}});
  const legs sells{{{.asset = {ether}, .venue = &m.curves[0]},
                    {.asset = {bitcoin}, .venue = &m.curves[1]},
                    {.asset = {chainlink}, .venue = &m.curves[2]}}};
  const std::array<sizing::basket_leg<pooled>, 2> buys{{{.asset = {dollar}}, {.asset = {dai}, .venue = &m.curves[3]}}};
  p.prices = oracle_prices<double>(prices);
  p.sells = sells;
  p.buys = buys;
  p.rules = {.one_collateral = given.count("one-collateral") != 0, .one_debt = given.count("one-debt") != 0};
  p.funding = {.premium = {number("premium")}};
  p.gas = {.transaction_gas = 350'000.0, .price_native = number("gas-price") * 1e-9, .native = {ether}};
  p.target = number("target");

  const auto a = sizing::basket{}.size(p);
  if (a.status != errc::ok && a.status != errc::infeasible)
    throw std::runtime_error(fmt::format("no trade: {}", name(a.status)));
  fmt::print("health {:.4f}, wanted {:.4f}; six pools:\n", health_factor(p.liquidation, p.prices), p.target);
  for (std::size_t i = 0; i < m.pools.size(); ++i)
    fmt::print("  {:<17} {} {}\n", kinds[m.pools[i].kind.index()], names[m.asset[i]],
               m.asset[i] == dai ? "for USDC" : "to USDC");

  if (a.status == errc::infeasible)
    fmt::print("\nout of reach ({}): the best these pools can give is {:.6f}\n", name(a.binding), a.best_health);

  fmt::print("\n  {:<5} {:>20} {:>21} {:>19} {:>10} {:>10}   {}\n", "", "amount", "for", "marginal price", "limit",
             "cost", "bound by");
  print("sell", a.sells, sells.size(), dollar);
  print("repay", a.buys, buys.size(), dai);
  fmt::print("\ncost {:.2f}: venue fees and spread {:.2f}, price impact {:.2f}, flash premium {:.2f}, gas {:.2f}\n",
             a.cost.total(), a.cost.spread, a.cost.impact, a.cost.premium, a.cost.gas);
  fmt::print("health {:.12f} after", a.health_after);
  if (a.has_value())
    fmt::print(
        ", {:.1e} above the target\ncertificate: urgency t = {:.6f}; marginal prices at their limits to {:.0e}; no "
        "basket costs less than {:.6f} "
        "(gap {:.0e}); {} program(s) solved",
        a.health_after / p.target - 1.0, a.urgency, a.kkt, a.bound, a.gap(), a.searched);

  fmt::print("\n");

  // Who sizes blind sells the same share of all, as if every pool paid the oracle's price.
  double power = 0.0, value = 0.0, owed = 0.0;
  for (const auto& t : p.liquidation.collateral) {
    power += t.weight * t.amount * prices[t.slot.index];
    value += t.amount * prices[t.slot.index];
  }
  for (const auto& t : p.liquidation.debt) owed += t.amount * prices[t.slot.index];
  const double share = (p.target * owed - power) / (p.target * value - power);
  const pro_rata blind = sell_everything_in_proportion(p, share);
  const auto exact = find_root([&](double s) { return sell_everything_in_proportion(p, s).health - p.target; }, share,
                               smaller(1.0, 3.0 * share));
  double ours_sold = 0.0;
  for (std::size_t i = 0; i < sells.size(); ++i) ours_sold += a.sells[i].in * prices[sells[i].asset.value];
  fmt::print("\n{:<42} {:>12} {:>12} {:>10}\n", "", "sold", "cost", "health");
  fmt::print("{:<42} {:>12.0f} {:>12.2f} {:>10.6f}\n", "in proportion, sized at the oracle's price", blind.sold,
             blind.cost, blind.health);
  if (exact) {
    const pro_rata sized = sell_everything_in_proportion(p, exact->high);
    fmt::print("{:<42} {:>12.0f} {:>12.2f} {:>10.6f}\n", "in proportion, sized on the pools", sized.sold, sized.cost,
               sized.health);
  }
  fmt::print("{:<42} {:>12.0f} {:>12.2f} {:>10.6f}\n", "this basket, without gas", ours_sold,
             a.cost.total() - a.cost.gas, a.health_after);
  return 0;
} catch (const std::exception& fault) {
  fmt::print(stderr, "size_a_basket: {}\n", fault.what());
  return 2;
}
