// SPDX-License-Identifier: MIT
// Does every build decide the same? A million states and snapshots, three policies, and one number for all the answers.
//
//   decide                 the hash of (verdict, reason, venues, integer amounts); fails if it is not the one below
//   decide --write FILE    besides, verdict and reason row by row, and whether the row is within 1e-12 of a boundary
//   decide --compare FILE  verdicts and reasons against such a file, of a build that contracts a·b + c: rows may differ
//                          only within 1e-12 of a boundary
//
// The inputs are integers and exact conversions of them, so that they are the same in every build. What is
// verdict_and_reason of a build holds for the decision path without forecasts: nothing in it calls the C library but
// square roots.

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/oracle/max_rate_of_change.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/split.hpp>
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/drift_band.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

using namespace trimtab;
using pool = liquidity::constant_product;

constexpr std::uint64_t rows = 1'000'000;
/// Changes when decisions do, and then on purpose; never with a compiler or its flags.
constexpr std::uint64_t expected = 0x350736966b4b47f8;

constexpr asset_id weth{0}, wbtc{1}, usdc{2};
constexpr timestamp start = at_unix(1'700'000'000);

constexpr trigger::drift_band band{.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05};
constexpr oracle::all_of guards{oracle::max_age{}, oracle::max_deviation{}, oracle::max_rate_of_change{}};
constexpr trigger::all_of both{band, trigger::cooldown{seconds{600}}};
constexpr execution carefully{.gas_ceiling = 1e-6, .pace = seconds{24}, .resend_after = seconds{60}};

constexpr health::morpho_blue one_market{.collateral = weth,
                                         .loan = usdc,
                                         .collateral_slot = {0},
                                         .loan_slot = {2},
                                         .lltv = basis_points{8600.0},
                                         .loan_decimals = 6};
constexpr std::array<health::aave_v3_reserve, 3> reserves_of_aave{{{.asset = weth,
                                                                    .collateral_slot = {0},
                                                                    .debt_slot = {0},
                                                                    .ltv = {8000.0},
                                                                    .threshold = {8300.0},
                                                                    .bonus = {500.0}},
                                                                   {.asset = wbtc,
                                                                    .collateral_slot = {1},
                                                                    .debt_slot = {1},
                                                                    .ltv = {7300.0},
                                                                    .threshold = {7800.0},
                                                                    .bonus = {500.0}},
                                                                   {.asset = usdc,
                                                                    .collateral_slot = {2},
                                                                    .debt_slot = {2},
                                                                    .ltv = {7500.0},
                                                                    .threshold = {7800.0},
                                                                    .bonus = {450.0},
                                                                    .decimals = 6}}};
constexpr health::aave_v3 three_assets{.reserves = reserves_of_aave};

constexpr policy simple{one_market, guards, both, sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}},
                        carefully};
constexpr policy in_pieces{one_market, guards, both,
                           sizing::both_ways{sizing::in_chunks{sizing::restore_target{}}, sizing::leverage_up{}},
                           carefully};
constexpr policy many_venues{three_assets, guards, both,
                             sizing::both_ways{sizing::restore_target{.cheapest = true}, sizing::leverage_up{}},
                             carefully};
using state = decltype(simple)::state_type;

// Four pools each way and their aggregate, built once and asked often.
struct venues {
  double price = 0.0;
  std::array<pool, 4> selling{}, buying{};
  liquidity::supply_room<4> sell_room{}, buy_room{};
  liquidity::supply_curve sell{}, buy{};
};

/// One row of inputs, and what it points to.
struct row {
  std::array<double, 4> prices{};
  std::array<feed, 2> feeds{};
  std::array<reserve_limits, 1> limits{};
  state before{};
  timestamp now{};
  account<> holds{};
  gas_market gas{};
  pool sell{}, buy{};
};

// Numbers of a row, one after another: never two in the arguments of one call, whose order is the compiler's.
struct draw {
  simulate::counter_random random{};
  std::uint64_t n = 0;
  std::uint64_t below(std::uint64_t bound) noexcept { return random.bits(n++) % bound; }
  /// Exact: an integer below 2^53 over a power of two.
  double dyadic(std::uint64_t from, std::uint64_t to, double unit) noexcept {
    return static_cast<double>(from + below(to - from)) * unit;
  }
  std::int64_t ulps() noexcept { return static_cast<std::int64_t>(below(9)) - 4; }
  bool once_in(std::uint64_t many) noexcept { return below(many) == 0; }
};

// A product that is rounded before anything is done with it, in every build.
double rounded_product(double a, double b) noexcept {
  volatile const double product = a * b;
  return product;
}
double neighbour(double x, std::int64_t ulps) noexcept {
  return std::bit_cast<double>(std::bit_cast<std::int64_t>(x) + ulps);
}

void make_pool(draw& d, double price, pool& out) noexcept {
  out = {.reserve_in = d.dyadic(100, 20'000, 1.0),
         .fee = basis_points{static_cast<double>(1 + d.below(60))},
         .gas_units = 1e5};
  out.reserve_out = out.reserve_in * price;
}

// The pools of every fourth row are a market of their own, and the price is where they are.
row make(std::uint64_t i, double market_price) noexcept {
  draw d{.random = {.seed = 42, .stream = i}};
  row r;
  r.now = start + seconds{static_cast<std::int64_t>(d.below(1'000'000))};
  const auto ago = [&](std::uint64_t most) { return r.now - seconds{static_cast<std::int64_t>(d.below(most))}; };
  const bool three = i % 4 == 3;
  const double alone = d.dyadic(1'000'000, 4'000'000, 0x1p-10), market = three ? market_price : alone;
  r.prices = {market, d.dyadic(20'000'000, 60'000'000, 0x1p-10), 1.0, market};

  for (std::size_t k = 0; k < 2; ++k) {
    double reference = r.prices[k] * d.dyadic(4080, 4112, 0x1p-12);
    if (d.once_in(16)) reference = r.prices[k] * d.dyadic(3600, 4600, 0x1p-12);
    if (d.once_in(64)) {
      const double edge = r.prices[k] * (d.once_in(2) ? 1.02 : 0.98);
      reference = neighbour(edge, d.ulps());
    }
    if (d.once_in(500)) reference = 0.0;
    r.feeds[k] = {.protocol_at = ago(3600 + (d.once_in(16) ? 1200 : 0)),
                  .reference = {reference, ago(d.once_in(16) ? 60 : 30)}};
    auto& jumps = get<2>(r.before.guards[k]);
    const bool jumped = d.once_in(32);
    const double then = d.dyadic(jumped ? 3000 : 4000, jumped ? 5000 : 4200, 0x1p-12);
    if (!d.once_in(8)) jumps = {reference, r.prices[k] * then, reference, r.prices[k] * then, ago(150)};
  }

  // Health: inside the band, out of it, far out, or within ulps of one of its edges.
  const double held = d.dyadic(256, 1 << 18, 0x1p-8), second = d.dyadic(0, 1 << 10, 0x1p-8);
  double value = rounded_product(rounded_product(held, market), three ? 0.83 : 0.86);
  if (three) value += rounded_product(rounded_product(second, r.prices[1]), 0.78);
  double health = d.dyadic(4710, 6963, 0x1p-12);
  const std::uint64_t where = d.below(32);
  if (where < 7) health = d.dyadic(4301, 4710, 0x1p-12);
  if (where == 7) health = d.dyadic(4100, 4301, 0x1p-12);
  if (where == 8 || where == 9) health = d.dyadic(6963, 12'000, 0x1p-12);
  if (where == 10) health = std::array{1.05, 1.15, 1.20, 1.25, 1.475, 1.70}[d.below(6)];
  double debt = value / health;
  if (where == 10) debt = neighbour(debt, d.ulps());
  r.holds.add({.asset = weth, .collateral = held});
  if (three) r.holds.add({.asset = wbtc, .collateral = second});
  r.holds.add({.asset = usdc, .debt = debt});

  r.limits[0] = {
      .asset = usdc, .frozen = d.once_in(64), .borrow_room = d.once_in(8) ? d.dyadic(0, 1 << 20, 0x1p-4) : infinity};
  if (d.once_in(100)) r.limits[0].paused = true;
  r.gas = {.transaction_gas = 4e5,
           .price_native = d.dyadic(0, d.once_in(8) ? 1 << 22 : 1 << 12, 0x1p-40),
           .tank_native = d.once_in(16) ? d.dyadic(0, 1 << 10, 0x1p-14) : infinity,
           .paid_from = d.once_in(4) ? gas_payer::proceeds : gas_payer::tank,
           .native = price_slot{3}};
  make_pool(d, market, r.sell);
  make_pool(d, 1.0, r.buy);
  r.buy = {
      .reserve_in = r.buy.reserve_in * market, .reserve_out = r.buy.reserve_in, .fee = r.buy.fee, .gas_units = 1e5};

  state& s = r.before;
  s.last_look = d.once_in(1000) ? r.now + seconds{1} : ago(60);
  s.last_fill = d.once_in(2) ? never : ago(1200);
  get<0>(s.trigger).where =
      d.once_in(4) ? static_cast<trigger::drift_band::side>(d.below(4)) : trigger::drift_band::side::inside;
  if (d.once_in(3)) {
    order& o = s.order;
    o.status = static_cast<order_status>(d.below(7));
    o.episode_open = o.status == order_status::partial || d.once_in(16);
    o.nonce = d.below(1000);
    o.sent_at = ago(180);
    o.fee = r.gas.price_native;
    o.deadline = o.sent_at + seconds{120};
    const bool down = !d.once_in(4);
    const double moved = d.dyadic(0, 256, 0x1p-9) * held * (down ? -1.0 : 1.0);
    o.current = {.towards = down ? direction::deleverage : direction::leverage,
                 .more_to_come = d.once_in(4),
                 .target = band.target,
                 .expected = {weth, moved, usdc, rounded_product(moved, market)}};
  }
  return r;
}

template <class V>
snapshot<V> look(const row& r, const V& sell, const V& buy) noexcept {
  snapshot<V> s;
  s.now = r.now;
  s.account = r.holds;
  s.prices = oracle_prices<double>{std::span<const double>{r.prices}};
  s.feeds = r.feeds;
  s.reserves = r.limits;
  s.sell = {.in = weth, .out = usdc, .venue = sell, .out_decimals = 6};
  s.buy = {.in = usdc, .out = weth, .venue = buy, .in_decimals = 6};
  s.gas = r.gas;
  return s;
}

struct hash {
  std::uint64_t value = 0xcbf29ce484222325U;
  void put(std::uint64_t word) noexcept {
    value = (value ^ word) * 0x100000001b3U;
    value ^= value >> 32U;
  }
  void put(units u) noexcept { put(u.high()), put(u.low()); }
};

struct verdict_and_reason {
  verdict what = verdict::hold;
  errc why = errc::ok;
  friend bool operator==(verdict_and_reason, verdict_and_reason) = default;
};

template <class P, class V>
verdict_and_reason decide(const P& p, const row& r, const V& sell, const V& buy, const venues* split_over,
                          hash* h) noexcept {
  const auto s = look(r, sell, buy);
  const state& b = r.before;
  const auto d = p({b.guards, b.trigger, b.order, b.last_fill, b.last_look}, s);
  if (h != nullptr) {
    h->put((static_cast<std::uint64_t>(d.verdict) << 8U) | static_cast<std::uint64_t>(d.reason));
    if (d.verdict == verdict::rebalance) {
      const auto plan = p.plan_for(d, s);
      h->put(static_cast<std::uint64_t>(plan.error()));
      for (const step& one : *plan) {
        h->put((static_cast<std::uint64_t>(one.what) << 40U) | (std::uint64_t{one.asset.value} << 20U) |
               one.asset_out.value);
        h->put(one.amount), h->put(one.min_out);
      }
      if (split_over != nullptr) {
        const bool down = d.trade.towards == direction::deleverage;
        std::array<double, 4> into{};
        const auto parts = sizing::split(down ? split_over->selling : split_over->buying, d.trade.sold, into);
        h->put(static_cast<std::uint64_t>(parts.error()));
        for (const double x : into) h->put(*units::floor(x, down ? 18 : 6));
      }
    }
  }
  return {d.verdict, d.reason};
}

verdict_and_reason answer(std::uint64_t i, const row& r, const std::vector<venues>& markets, hash* h) noexcept {
  if (i % 4 == 3) {
    const venues& m = markets[i / 4 % markets.size()];
    return decide(many_venues, r, m.sell, m.buy, &m, h);
  }
  if (i % 4 == 2) return decide(in_pieces, r, r.sell, r.buy, nullptr, h);
  return decide(simple, r, r.sell, r.buy, nullptr, h);
}

/// Would one input, off by one part in 10¹², have led to another answer?
bool near_a_boundary(std::uint64_t i, const row& r, verdict_and_reason nominal,
                     const std::vector<venues>& markets) noexcept {
  for (const double factor : {1.0 - 1e-12, 1.0 + 1e-12})
    for (int which = 0; which < 6; ++which) {
      row off = r;
      switch (which) {
        case 0:
          off.prices[0] *= factor;
          break;
        case 1:
          off.feeds[0].reference.price *= factor;
          break;
        case 2:
          off.holds[off.holds.size() - 1].debt *= factor;
          break;
        case 3:
          off.gas.price_native *= factor;
          break;
        case 4:
          off.sell.reserve_out *= factor, off.buy.reserve_out *= factor;
          break;
        default:
          off.feeds[1].reference.price *= factor;
          break;
      }
      if (answer(i, off, markets, nullptr) != nominal) return true;
    }
  return false;
}

bool build(std::vector<venues>& markets) {
  for (std::size_t k = 0; k < markets.size(); ++k) {
    draw d{.random = {.seed = 43, .stream = k}};
    venues& m = markets[k];
    m.price = d.dyadic(1'000'000, 4'000'000, 0x1p-10);
    for (std::size_t v = 0; v < 4; ++v) {
      make_pool(d, m.price * d.dyadic(4080, 4112, 0x1p-12), m.selling[v]);
      m.buying[v] = m.selling[v].reversed();
    }
    const auto sell = liquidity::build_supply_curve(std::span<const pool>{m.selling}, m.sell_room.memory());
    const auto buy = liquidity::build_supply_curve(std::span<const pool>{m.buying}, m.buy_room.memory());
    if (!sell.has_value() || !buy.has_value()) return false;
    m.sell = *sell, m.buy = *buy;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const bool writes = argc == 3 && std::strcmp(argv[1], "--write") == 0;
  const bool compares = argc == 3 && std::strcmp(argv[1], "--compare") == 0;
  std::vector<std::array<unsigned char, 3>> stream(writes || compares ? rows : 0);
  if (compares) {
    std::FILE* file = std::fopen(argv[2], "rb");
    const bool read = file != nullptr && std::fread(stream.data(), 3, rows, file) == rows;
    if (file != nullptr) std::fclose(file);
    if (!read) return std::fprintf(stderr, "decide: %s: not the rows that --write writes\n", argv[2]), 2;
  }
  std::vector<venues> markets(256);
  if (!build(markets)) return std::fprintf(stderr, "decide: a curve was not built\n"), 2;

  hash h;
  std::array<std::uint64_t, 3> verdicts{};
  std::array<std::uint64_t, 256> reasons{};
  std::uint64_t near = 0, differ = 0, differ_far = 0;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const row r = make(i, markets[i / 4 % markets.size()].price);
    const verdict_and_reason s = answer(i, r, markets, compares ? nullptr : &h);
    ++verdicts[static_cast<std::size_t>(s.what)];
    ++reasons[static_cast<std::size_t>(s.why)];
    const std::array<unsigned char, 3> line{static_cast<unsigned char>(s.what), static_cast<unsigned char>(s.why), 0};
    if (writes) {
      stream[i] = line;
      stream[i][2] = near_a_boundary(i, r, s, markets) ? 1 : 0;
      near += stream[i][2];
    }
    if (compares) {
      near += stream[i][2];
      const bool other = stream[i][0] != line[0] || stream[i][1] != line[1];
      differ += other ? 1U : 0U;
      differ_far += other && stream[i][2] == 0 ? 1U : 0U;
    }
  }
  std::printf("%llu rows: %llu hold, %llu rebalance, %llu refuse\n", static_cast<unsigned long long>(rows),
              static_cast<unsigned long long>(verdicts[0]), static_cast<unsigned long long>(verdicts[1]),
              static_cast<unsigned long long>(verdicts[2]));
  for (std::size_t e = 0; e < reasons.size(); ++e)
    if (reasons[e] > 0)
      std::printf("  %s %llu\n", name(static_cast<errc>(e)), static_cast<unsigned long long>(reasons[e]));
  if (writes || compares) std::printf("%llu rows within 1e-12 of a boundary\n", static_cast<unsigned long long>(near));
  if (compares) {
    std::printf("%llu differ, %llu of them farther away\n", static_cast<unsigned long long>(differ),
                static_cast<unsigned long long>(differ_far));
    return differ_far == 0 ? 0 : 1;
  }
  std::printf("hash %016llx\n", static_cast<unsigned long long>(h.value));
  if (writes) {
    std::FILE* file = std::fopen(argv[2], "wb");
    const bool wrote = file != nullptr && std::fwrite(stream.data(), 3, rows, file) == rows;
    if (file == nullptr || std::fclose(file) != 0 || !wrote)
      return std::fprintf(stderr, "decide: %s: cannot write\n", argv[2]), 2;
  }
  if (h.value != expected)
    return std::fprintf(
               stderr,
               "decide: hash %016llx, expected %016llx: decisions have changed, or this build decides otherwise\n",
               static_cast<unsigned long long>(h.value), static_cast<unsigned long long>(expected)),
           1;
  return 0;
}
