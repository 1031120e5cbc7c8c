#[path = "../suite/attacks/mod.rs"] mod attacks;
#[path = "../suite/flows/mod.rs"] mod flows;
