//! What a reserve's receipt tokens are worth, against figures worked by hand.

use anchor_lang::prelude::{AccountInfo, Pubkey};
use bytemuck::Zeroable;
use gimbal_venue_wire::{
    field::Layout,
    klend::{
        layout as at,
        reserve::{CurvePoint, WithdrawalCap},
        Reserve, ReserveMut, FRACTION_BITS,
    },
};
use risk_oracle::state::Bounds;
use strategy_router::{
    adapters::{adapter, Prices, Quote, VenueView, LENDING},
    Line, RouterError,
};

const SLOT: u64 = 1_000_000;
const M: u64 = 1_000_000;

/// A reserve: 400 M available, 600 M lent, 500 M receipt tokens, so that each is worth two; 100% a year on loans.
struct World {
    reserve: Vec<u8>,
    position: Vec<u8>,
    line: Line,
    prices: Option<Prices>,
    refuse_stale: bool,
}

impl World {
    fn new(position: u64) -> Self {
        let mut data = vec![0; Reserve::LEN];
        let mut reserve = ReserveMut::init(&mut data).unwrap();
        reserve.set(at::LAST_UPDATE_SLOT, SLOT);
        reserve.set(at::AVAILABLE_AMOUNT, 400 * M);
        reserve.set(at::BORROWED_AMOUNT_SF, u128::from(600 * M) << FRACTION_BITS);
        reserve.set(at::COLLATERAL_MINT_TOTAL_SUPPLY, 500 * M);
        reserve.set(at::DEPOSIT_LIMIT, 1_500 * M);
        let mut points = [CurvePoint { utilization_bps: 10_000, borrow_rate_bps: 10_000 }; at::CURVE_POINTS];
        points[0] = CurvePoint { utilization_bps: 0, borrow_rate_bps: 10_000 };
        reserve.set_curve(&points);

        let mut line = Line::zeroed();
        (line.id, line.adapter, line.position, line.max_venue_age) = (1, LENDING, position, 100_000);
        Self { reserve: data, position: token_account(position), line, prices: None, refuse_stale: true }
    }

    fn reserve(&mut self) -> ReserveMut<'_> {
        ReserveMut::parse(&mut self.reserve).unwrap()
    }

    fn value_at(&mut self, slot: u64) -> anchor_lang::Result<Quote> {
        let program = Pubkey::new_from_array([1; 32]);
        let accounts = vec![account(2, program, &self.reserve), account(3, anchor_spl::token::ID, &self.position)];
        let view = VenueView {
            program,
            pinned: accounts.leak(),
            prices: self.prices,
            refuse_stale: self.refuse_stale,
            slot,
            now: 1_700_000_000,
        };
        adapter(LENDING)?.value(&view, &self.line)
    }
}

/// An account as the runtime hands it out. What it points to lives as long as the process.
fn account(key: u8, owner: Pubkey, data: &[u8]) -> AccountInfo<'static> {
    let key = Box::leak(Box::new(Pubkey::new_from_array([key; 32])));
    let owner = Box::leak(Box::new(owner));
    AccountInfo::new(key, false, false, Box::leak(Box::new(1)), data.to_vec().leak(), owner, false)
}

fn token_account(amount: u64) -> Vec<u8> {
    let mut data = vec![0; 165];
    data[64..72].copy_from_slice(&amount.to_le_bytes());
    data[108] = 1;
    data
}

fn values(quote: &Quote) -> (u64, u64, u64) {
    (quote.low, quote.mid, quote.high)
}

#[test]
fn fresh_books_have_one_value() {
    let quote = World::new(100 * M).value_at(SLOT).unwrap();
    assert_eq!(values(&quote), (200 * M, 200 * M, 200 * M));
    assert_eq!(quote.liquidity, 400 * M);
    assert_eq!(quote.room, 500 * M);
    assert_eq!((quote.curve.supply, quote.curve.borrowed, quote.curve.points), (1_000 * M, 600 * M, 11));
}

#[test]
fn interest_since_the_last_accrual_is_in_high_and_half_of_it_in_mid() {
    // A thousandth of a year at 100%: the debt grows by (1 + 1/63,072,000)^63,072 = 1.00100050015875…, the receipt tokens
    // are worth (400 M + 600 M · 1.0010005…) / 5 = 200,120,060.019 (worked with 50 digits). The reserve's own compounding
    // falls short of that by a few hundredths, and the result is rounded up.
    let quote = World::new(100 * M).value_at(SLOT + 63_072).unwrap();
    assert_eq!(values(&quote), (200_000_000, 200_060_030, 200_120_060));
}

#[test]
fn the_protocols_share_is_not_ours() {
    let mut world = World::new(100 * M);
    world.reserve().set(at::PROTOCOL_TAKE_RATE_PCT, 10);
    // Nine tenths of the interest: 200,108,054.017, less the same hundredths.
    let quote = world.value_at(SLOT + 63_072).unwrap();
    assert_eq!((quote.low, quote.high), (200_000_000, 200_108_054));
    assert_eq!(quote.curve.take_bps, 1_000);
}

#[test]
fn what_the_reserve_could_not_pay_is_cut_in_low_only() {
    let mut world = World::new(450 * M);
    world.line.haircut_bps = 1_000;
    // Worth 900 M, 400 M available: a tenth of 500 M.
    assert_eq!(values(&world.value_at(SLOT).unwrap()), (850 * M, 900 * M, 900 * M));
    world.line.haircut_bps = 0;
    assert_eq!(values(&world.value_at(SLOT).unwrap()), (900 * M, 900 * M, 900 * M));
}

#[test]
fn a_withdrawal_cap_is_part_of_liquidity() {
    let mut world = World::new(100 * M);
    world.reserve().set_deposit_withdrawal_cap(&WithdrawalCap {
        capacity: 50_000_000,
        current_total: 20_000_000,
        interval_start: 1_699_999_990,
        interval_length: 86_400,
    });
    assert_eq!(world.value_at(SLOT).unwrap().liquidity, 30 * M);
}

#[test]
fn an_old_venue_is_refused_except_where_money_comes_back() {
    let mut world = World::new(100 * M);
    world.line.max_venue_age = 10;
    assert!(world.value_at(SLOT + 10).is_ok());
    assert_eq!(world.value_at(SLOT + 11).unwrap_err(), RouterError::StaleVenue.into());
    world.refuse_stale = false;
    // What the next call will book is in high, however old the books: of 600 M · 11 / 63,072,000 = 104.64 of interest 20.93
    // are the line's, rounded up.
    assert_eq!(values(&world.value_at(SLOT + 11).unwrap()), (200_000_000, 200_000_010, 200_000_021));
}

#[test]
fn donated_receipt_tokens_do_not_count_and_missing_ones_do() {
    let mut world = World::new(100 * M);
    world.position = token_account(170 * M);
    assert_eq!(world.value_at(SLOT).unwrap().mid, 200 * M);
    world.position = token_account(40 * M);
    assert_eq!(world.value_at(SLOT).unwrap().mid, 80 * M);
}

#[test]
fn a_closed_reserve_has_no_room() {
    for close in [
        |reserve: &mut ReserveMut| reserve.set(at::STATUS, 1),
        |reserve: &mut ReserveMut| reserve.set(at::EMERGENCY_MODE, 1),
        |reserve: &mut ReserveMut| reserve.set(at::BLOCK_CTOKEN_USAGE, 1),
        |reserve: &mut ReserveMut| reserve.set(at::DEPOSIT_LIMIT, 999 * M),
    ] {
        let mut world = World::new(100 * M);
        close(&mut world.reserve());
        assert_eq!(world.value_at(SLOT).unwrap().room, 0);
    }
}

#[test]
fn a_swapped_line_is_priced_by_both_feeds() {
    let mut world = World::new(90_000_000_000);
    // 100 times the amounts, so that the position is worth 180 tokens of nine decimals; 20 more lie in the account.
    let mut reserve = world.reserve();
    reserve.set(at::AVAILABLE_AMOUNT, 400_000_000_000);
    reserve.set(at::BORROWED_AMOUNT_SF, 600_000_000_000u128 << FRACTION_BITS);
    reserve.set(at::COLLATERAL_MINT_TOTAL_SUPPLY, 500_000_000_000);
    world.line.in_flight = 20_000_000_000;
    world.line.swapped = 1;
    let dollar = 1_000_000_000_000u64;
    let cents = dollar / 100;
    world.prices = Some(Prices {
        token: Bounds { low: 149 * dollar, mid: 150 * dollar, high: 151 * dollar },
        base: Bounds { low: dollar - cents / 10, mid: dollar, high: dollar + cents / 10 },
        token_decimals: 9,
        base_decimals: 6,
    });
    let quote = world.value_at(SLOT).unwrap();
    // 200 · 149 / 1.001 = 29,770.229770…; 200 · 150; 200 · 151 / 0.999 = 30,230.230230… rounded up.
    assert_eq!(values(&quote), (29_770_229_770, 30_000_000_000, 30_230_230_231));
    // 400 tokens at mid.
    assert_eq!(quote.liquidity, 60_000_000_000);
    assert_eq!((quote.curve.supply, quote.curve.borrowed), (150_000_000_000, 90_000_000_000));

    world.prices = None;
    assert_eq!(world.value_at(SLOT).unwrap_err(), RouterError::FeedMissing.into());
}

#[test]
fn a_foreign_or_malformed_reserve_is_refused() {
    let mut world = World::new(100 * M);
    world.reserve[0] ^= 1;
    assert_eq!(world.value_at(SLOT).unwrap_err(), RouterError::MalformedVenueAccount.into());
    let mut world = World::new(100 * M);
    world.reserve.pop();
    assert_eq!(world.value_at(SLOT).unwrap_err(), RouterError::MalformedVenueAccount.into());
    let mut world = World::new(100 * M);
    world.position[108] = 0;
    assert_eq!(world.value_at(SLOT).unwrap_err(), RouterError::MintMismatch.into());
}
