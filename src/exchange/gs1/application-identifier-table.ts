/**
 * The application identifiers as GS1's Syntax Dictionary gives them, kept as its lines (https://ref.gs1.org/tools/gs1-barcode-syntax-resource/).
 * A line: identifier or range, `*` when its length is known beforehand (no separator follows), the parts of its value
 * (N digits, X set 82, Y set 39, Z base64url; `..` up to; `[ ]` may be absent; checks after commas), `req=` with which
 * others it stands (each `req` one that must be met), `dlpkey` when a Digital Link may start with it, with the
 * qualifiers that may follow in order, and after `#` its title. Pairs that exclude each other (`ex`) are left out:
 * nothing here refuses a code for saying more than it should.
 */
export const applicationIdentifierTable = `
00 * N18,csum,key dlpkey # SSCC
01 * N14,csum,key dlpkey=22,10,21|235 # GTIN
02 * N14,csum,key req=37 # CONTENT
10 X..20 req=01,02,8006,8026 # BATCH/LOT
11 * N6,yymmd0 req=01,02,8006,8026 # PROD DATE
12 * N6,yymmd0 req=8020 # DUE DATE
13 * N6,yymmd0 req=01,02,8006,8026 # PACK DATE
15 * N6,yymmd0 req=01,02,8006,8026 # BEST BEFORE or BEST BY
16 * N6,yymmd0 req=01,02,8006,8026 # SELL BY
17 * N6,yymmd0 req=01,02,255,8006,8026 # USE BY or EXPIRY
20 * N2 req=01,02,8006,8026 # VARIANT
21 X..20 req=01,8006 # SERIAL
22 X..20 req=01,8006 # CPV
235 X..28 req=01 # TPX
240 X..30 req=01,02,8006,8026 # ADDITIONAL ID
241 X..30 req=01,02,8006,8026 # CUST. PART No.
242 N..6 req=01,02,8006,8026 # MTO VARIANT
243 X..20 req=01 # PCN
250 X..30 req=01,8006 req=21 # SECONDARY SERIAL
251 X..30 req=01,8006 # REF. TO SOURCE
253 N13,csum,key [X..17] dlpkey # GDTI
254 X..20 req=414 # GLN EXTENSION COMPONENT
255 N13,csum,key [N..12] dlpkey # GCN
30 N..8 req=01,02 # VAR. COUNT
3100-3105 * N6 req=01,02 # NET WEIGHT (kg)
3110-3115 * N6 req=01,02 # LENGTH (m)
3120-3125 * N6 req=01,02 # WIDTH (m)
3130-3135 * N6 req=01,02 # HEIGHT (m)
3140-3145 * N6 req=01,02 # AREA (m²)
3150-3155 * N6 req=01,02 # NET VOLUME (l)
3160-3165 * N6 req=01,02 # NET VOLUME (m³)
3200-3205 * N6 req=01,02 # NET WEIGHT (lb)
3210-3215 * N6 req=01,02 # LENGTH (in)
3220-3225 * N6 req=01,02 # LENGTH (ft)
3230-3235 * N6 req=01,02 # LENGTH (yd)
3240-3245 * N6 req=01,02 # WIDTH (in)
3250-3255 * N6 req=01,02 # WIDTH (ft)
3260-3265 * N6 req=01,02 # WIDTH (yd)
3270-3275 * N6 req=01,02 # HEIGHT (in)
3280-3285 * N6 req=01,02 # HEIGHT (ft)
3290-3295 * N6 req=01,02 # HEIGHT (yd)
3300-3305 * N6 req=00,01 # GROSS WEIGHT (kg)
3310-3315 * N6 req=00,01 # LENGTH (m), log
3320-3325 * N6 req=00,01 # WIDTH (m), log
3330-3335 * N6 req=00,01 # HEIGHT (m), log
3340-3345 * N6 req=00,01 # AREA (m²), log
3350-3355 * N6 req=00,01 # VOLUME (l), log
3360-3365 * N6 req=00,01 # VOLUME (m³), log
3370-3375 * N6 req=01 # KG PER m²
3400-3405 * N6 req=00,01 # GROSS WEIGHT (lb)
3410-3415 * N6 req=00,01 # LENGTH (in), log
3420-3425 * N6 req=00,01 # LENGTH (ft), log
3430-3435 * N6 req=00,01 # LENGTH (yd), log
3440-3445 * N6 req=00,01 # WIDTH (in), log
3450-3455 * N6 req=00,01 # WIDTH (ft), log
3460-3465 * N6 req=00,01 # WIDTH (yd), log
3470-3475 * N6 req=00,01 # HEIGHT (in), log
3480-3485 * N6 req=00,01 # HEIGHT (ft), log
3490-3495 * N6 req=00,01 # HEIGHT (yd), log
3500-3505 * N6 req=01,02 # AREA (in²)
3510-3515 * N6 req=01,02 # AREA (ft²)
3520-3525 * N6 req=01,02 # AREA (yd²)
3530-3535 * N6 req=00,01 # AREA (in²), log
3540-3545 * N6 req=00,01 # AREA (ft²), log
3550-3555 * N6 req=00,01 # AREA (yd²), log
3560-3565 * N6 req=01,02 # NET WEIGHT (t oz)
3570-3575 * N6 req=01,02 # NET VOLUME (oz)
3600-3605 * N6 req=01,02 # NET VOLUME (qt)
3610-3615 * N6 req=01,02 # NET VOLUME (gal.)
3620-3625 * N6 req=00,01 # VOLUME (qt), log
3630-3635 * N6 req=00,01 # VOLUME (gal.), log
3640-3645 * N6 req=01,02 # VOLUME (in³)
3650-3655 * N6 req=01,02 # VOLUME (ft³)
3660-3665 * N6 req=01,02 # VOLUME (yd³)
3670-3675 * N6 req=00,01 # VOLUME (in³), log
3680-3685 * N6 req=00,01 # VOLUME (ft³), log
3690-3695 * N6 req=00,01 # VOLUME (yd³), log
37 N..8 req=00 req=02,8026 # COUNT
3900-3909 N..15 req=255,8020 # AMOUNT
3910-3919 N3 N..15 req=8020 # AMOUNT
3920-3929 N..15 req=01 # PRICE
3930-3939 N3 N..15 req=01 # PRICE
3940-3943 N4 req=255 # PRCNT OFF
3950-3955 N6 req=01 # PRICE/UoM
400 X..30 # ORDER NUMBER
401 X..30,key dlpkey # GINC
402 N17,csum,key dlpkey # GSIN
403 X..30 req=00 # ROUTE
410-413 * N13,csum,key # SHIP TO, BILL TO, PURCHASE FROM, SHIP FOR LOC
414 * N13,csum,key dlpkey=254|7040 # LOC No.
415 * N13,csum,key req=8020 dlpkey=8020 # PAY TO
416 * N13,csum,key # PROD/SERV LOC
417 * N13,csum,key dlpkey=7040 # PARTY
420 X..20 # SHIP TO POST
421 N3 X..9 # SHIP TO POST
422 N3 req=01,02,8006,8026 # ORIGIN
423 N..15 req=01,02 # COUNTRY - INITIAL PROCESS
424 N3 req=01,02 # COUNTRY - PROCESS
425 N..15 req=01,02 # COUNTRY - DISASSEMBLY
426 N3 req=01,02 # COUNTRY - FULL PROCESS
427 X..3 req=01,02 req=422 # ORIGIN SUBDIVISION
4300-4301 X..35 req=00 # SHIP TO COMP, NAME
4302-4306 X..70 req=00 # SHIP TO ADDRESS
4307 X2 req=00 # SHIP TO COUNTRY
4308 X..30 req=00 # SHIP TO PHONE
4309 N10 N10 req=00 # SHIP TO GEO
4310-4311 X..35 req=00 # RTN TO COMP, NAME
4312-4316 X..70 req=00 # RTN TO ADDRESS
4317 X2 req=00 # RTN TO COUNTRY
4318 X..20 req=00 # RTN TO POST
4319 X..30 req=00 # RTN TO PHONE
4320 X..35 req=00 # SRV DESCRIPTION
4321 N1,yesno req=00 # DANGEROUS GOODS
4322 N1,yesno req=00 # AUTH TO LEAVE
4323 N1,yesno req=00 # SIG REQUIRED
4324 N6,yymmd0 N4,hhmm req=00 # NOT BEF DEL DT
4325 N6,yymmd0 N4,hhmm req=00 # NOT AFT DEL DT
4326 N6,yymmdd req=00 # REL DATE
4330-4333 N6 [X1] req=00 # TEMPERATURE LIMIT
7001 N13 req=01,02,8006,8026 # NSN
7002 X..30 req=01,02 # MEAT CUT
7003 N6,yymmdd N4,hhmm req=01,02 # EXPIRY TIME
7004 N..4 req=01 req=10 # ACTIVE POTENCY
7005 X..12 req=01,02 # CATCH AREA
7006 N6,yymmdd req=01,02 # FIRST FREEZE DATE
7007 N6,yymmdd [N6],yymmdd req=01,02 # HARVEST DATE
7008 X..3 req=01,02 # AQUATIC SPECIES
7009 X..10 req=01,02 # FISHING GEAR TYPE
7010 X..2 req=01,02 # PROD METHOD
7011 N6,yymmdd [N4],hhmm req=01,02 # TEST BY DATE
7020 X..20 req=01,8006 req=416 # REFURB LOT
7021 X..20 req=01,8006 # FUNC STAT
7022 X..20 req=7021 # REV STAT
7023 X..30,key # GIAI - ASSEMBLY
7030-7039 N3 X..27 req=01,02 # PROCESSOR
7040 N1 X1 X1 X1 # UIC+EXT
710-715 X..20 req=01 # NHRN
7230-7239 X2 X..28 req=01,8004 # CERT
7240 X..20 req=01,8006 # PROTOCOL
7241 N2 req=8017,8018 # AIDC MEDIA TYPE
7242 X..25 req=8017,8018 # VCN
8001 N4,nonzero N5,nonzero N3,nonzero N1 N1 req=01 # DIMENSIONS
8002 X..20 # CMT No.
8003 N1,zero N13,csum,key [X..16] dlpkey # GRAI
8004 X..30,key dlpkey=7040 # GIAI
8005 N6 req=01,02 # PRICE PER UNIT
8006 N14,csum N4,pieceoftotal dlpkey=22,10,21 # ITIP
8007 X..34 req=415 # IBAN
8008 N8,yymmddhh [N..4] req=01,02 # PROD TIME
8009 X..50 req=00,01 # OPTSEN
8010 Y..30,key dlpkey=8011 # CPID
8011 N..12,nozeroprefix req=8010 # CPID SERIAL
8012 X..20 req=01,8006 # VERSION
8013 X..25,csumalpha,key dlpkey # GMN
8017 N18,csum,key dlpkey=8019 # GSRN - PROVIDER
8018 N18,csum,key dlpkey=8019 # GSRN - RECIPIENT
8019 N..10 req=8017,8018 # SRIN
8020 X..25 req=415 # REF No.
8026 N14,csum N4,pieceoftotal req=37 # ITIP CONTENT
8030 Z..90 # DIGSIG
8110 X..70 # COUPON CODE
8111 N4 req=255 # POINTS
8112 X..70 # POSITIVE OFFER FILE COUPON
8200 X..70 req=01 # PRODUCT URL
90 X..30 # INTERNAL
91-99 X..90 # INTERNAL
`;
