"""Common English words, so that a right word is not taken for a misspelt one.

Owns the list. What is misspelt is decided in `spelling.py`.
"""

from __future__ import annotations

from roundtrip.simulator.model.words import words_in

COMMON_WORDS = words_in(
    """
    able above accept across action actual address adult advice afraid again ages agree ahead
    allow almost alone along already amount angle angry animal answer anybody anyone apart
    apartment apple area argue arm army around arrive article aside asleep attack attend aunt
    autumn average avoid awake award away awful baby back bacon badly baked baker ball banana band
    bank barely base basic basket bath beach beard beat beautiful become bedroom beef beer begin
    behave behind being believe belong below belt bench beside best better beyond bigger bike bill
    bird birth birthday bite bitter black blame blanket blind blood blow blue board boat body boil
    bold bone book boot border bored born borrow boss both bottle bottom bought bowl boxes boy
    branch brand brave bread break breakfast breath brick bridge brief bright bring broad broke
    broken brother brown brush build built burn bush business busy butter button cable cake call
    calm came camera camp candle card care careful carpet carry case cash castle catch caught
    cause celebrate cell cellar chain chair chance change chapter charge cheap cheese chef cherry
    chess chicken child children chip choice choose church circle claim class clean clear clever
    click climb close closed cloth cloud club coach coast code coffee coin cold collar collect
    comb comfort common complain complete concert contain control cook cool copy corn corner
    correct count couple course court cousin cover crash crate cream crime cross crowd cruel cry
    culture cure curious curtain curve custom cute cycle damage dance danger dark data daughter
    dead deaf deal dear death debt decide deep deer defend degree delay desk detail dice die diet
    differ dinner direct dirt dirty dish doctor dollar door double doubt draft drag drama draw
    drawer dream dress dried drink drive drop drown drunk dry duck due dull dust duty each eager
    early earn earth ease east easy edge egg eight either elbow electric eleven empty end enemy
    engine enjoy enough enter entire entry equal error escape essay evening event ever everybody
    everyone exact exam excuse exist exit expect expert explain extra eye face fact fail fair fake
    fall false family famous fancy farm fashion fast fat father fault favour fear feed feel fell
    fence few field fifth fight figure fill film final fine finger finish fire firm fish five fix
    flag flame flat floor flour flower fly focus fold follow food fool foot football force foreign
    forest forget forgot fork form fortune found four fourth frame free freeze fresh friend
    frighten front frozen fruit full fully funny furniture future gain garage garden gas gate
    gather gave gentle giant girl glad glass glove goal gold golf gone good grade grammar
    grandmother grandfather grape grass grateful great green greet grey ground group grow guard
    guess guest guide guitar habit hair half hall hammer hand handle hang happen happy hard hat
    hate head health heard heart heat heavy height held hell helmet hero hide high hill hire
    history hobby hold hole holiday holy home honest honey hope horse hospital hotel hour house
    huge human hundred hungry hunt hurry hurt husband idea ignore ill image improve inch indeed
    inside instead invent invite iron island item jacket jail jealous jeans job join joke journey
    juice jump jungle junior just keen keep kept keyboard kick kill kind king kiss kitchen knee
    knew knife knock know known lady lake lamb lamp land language large laser last late laugh
    laundry law lawn lawyer lazy lead leaf learn least leather leave left legal lemon lend less
    lesson letter level library lie life lift light like limit line lion lips listen little live
    load loan lock lonely long look loose lose loss lost loud love lovely lower luck lucky lunch
    machine magic mail main make male manage manner march mark market marry match maths matter
    maybe meal mean meant measure meat medium meet melt member memory mend menu message metal
    middle might milk million mind mine minor mirror miss mistake mixed mobile model modern moment
    money monkey month mood moon moral more morning most mother mountain mouse mouth move movie
    much mud murder muscle museum music must nail name narrow nasty nation native nature near
    nearly neat neck need needle neighbour neither nephew nerve nest never news next nice niece
    night nine noise none noon normal north nose note nothing notice novel nowhere nurse oak obey
    object ocean odd offer office often older olive once onion only open opera option orange
    orchestra ordinary other ought outside oven over owe owner package packet page paid pain paint
    pair pale pan pancake panel panic paper parent park part partner party pass passed past paste
    path pause peace peak pear pen pencil penny people pepper perfect perhaps period permit person
    phone photo phrase piano pick picnic picture piece pile pilot pin pink pipe pizza place plain
    plan plane planet plant plastic plate play player pleasant plenty plot plug pocket poem point
    poison police polite pool poor popular port pose possible post pot potato pour powder power
    praise pray prefer prepare present press pretend pretty price pride print prison prize problem
    process proof proper protect proud prove public pull pump pupil pure purple purse push puzzle
    quality queen question quick quiet quite race radio rain raise range rare rather reach ready
    real really reason receive recipe record red refuse regret regular relax reply report rescue
    respect rest result retire return reverse reward rhyme rice rich ride right ring rise river
    road roast robot rock roof room root rope rose rough round route row royal rubber rude rug
    ruin rule run rush sack sad safe said sail salad salary salt same sand sandwich sauce save
    scale scarf scene school science score scratch scream screen search seat second secret secure
    seem seen select self sell send sense sentence separate serious serve service seven several
    shade shadow shake shall shame shape share sharp shave sheep sheet shelf shell shine shirt
    shock shoe shoot shop shore short shoulder shout shower shut shy sick side sight sign silent
    silk silly silver similar simple since sing single sink sister site size skill skin skirt sky
    sleep slept slice slide slight slim slip slow small smart smell smile smoke smooth snake snow
    soap social sock soft soil sold solid some son song soon sorry sort soul sound soup sour south
    space spare speak special speech speed spell spend spent spider spirit split spoil spoon sport
    spot spread spring square stage stair stamp stand star stare start state stay steal steam
    steel steep step stick still stir stock stole stomach stone stood stop store storm story
    strange straw stream street stress strict string strong student study stuff stupid style
    subject sudden suffer sugar suggest suit summer sunny support suppose sure surface surname
    surprise swear sweat sweet swim swing switch sword symbol system table tail tale talk tall
    taste taught teach teacher team tear teeth tell tennis tent term terrible test text thank
    theme theory thick thief thin think third thirsty thirty thought thousand thread threat three
    throat through throw thumb thunder tidy tie tight tile till tiny tired title toast today
    together toilet told tomato tone tongue tonight took tool tooth top total touch tough tour
    toward towel tower town toy trace track trade train transfer trap travel treat tree trial
    trick tried trip trouble true trust truth tube tune turn twelve twenty twice twin type ugly
    uncle under unit until upon upper upset usual vaccine value vast vegetable video view village
    violin visit voice voucher vote wage wait wake walk wall want war warm warn wash waste watch
    water wave weak weapon wear wedding week weekend weigh weight welcome well went west wet whale
    wheat wheel where whether which while white whole whose wide wife wild will wind window wine
    wing winter wire wise wish witch without woke woman women wonder wood wool word work world
    worn worry worse worst worth would wound wrap wrist write wrong wrote yard year yellow
    yesterday yet young youth zero zone fiction settle lots serving coming working flies
    width depth minimum maximum vector trait mode rating rank ranked produce produces produced
    method annual filter folder content distinct repeat department convicted additional relate
    discovered discover significance compound assuming assume mole moles deluxe related method
    science nobody somebody everyone repair charge apiece exact several
    """
)
